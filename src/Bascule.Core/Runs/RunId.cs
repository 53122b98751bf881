using System.Security.Cryptography;

namespace Bascule.Core.Runs;

/// <summary>A run's name: ten characters that people can read aloud (Crockford's base 32, lower case; 50 random bits).</summary>
public readonly record struct RunId(string Text)
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 10;

    public static RunId New() => new(RandomNumberGenerator.GetString(Alphabet, Length));

    public static bool IsWellFormed(string? text) =>
        text is { Length: Length } && text.AsSpan().IndexOfAnyExcept(Alphabet) < 0;

    public override string ToString() => Text;
}
