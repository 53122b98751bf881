using System.Security.Cryptography;
using System.Text;

namespace Bascule.Core.Exchange;

/// <summary>What opens a repository at the Git proxy: 256 random bits behind a prefix of their own, of which the database holds a digest (THREATS T43).</summary>
public sealed record GitToken
{
    /// <summary>Told apart from sessions' tokens, <c>bsc_s_…</c> and <c>bsc_c_…</c>, before anything is looked up.</summary>
    public const string Prefix = "bsc_g_";

    private const int Digits = 64;
    private const int MostSealedDigits = 4096;

    private GitToken(string text) => Text = new Secret(text);

    /// <summary>As it is shown.</summary>
    public Secret Text { get; }

    /// <summary>SHA-256 over kind and token, in lower-case hex: the same bits of another kind have another one.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"Git:{Text.Reveal()}")));

    public static GitToken Make() => new(Prefix + RandomNumberGenerator.GetHexString(Digits, lowercase: true));

    /// <summary>One that says itself what it opens, sealed: the database holds nothing of it.</summary>
    public static GitToken OfSealed(ReadOnlySpan<byte> box) => new(Prefix + Convert.ToHexStringLower(box));

    /// <summary>What is sealed in one; null for what is no such token. Whether anybody can open it is not looked at.</summary>
    public static byte[]? ReadSealed(string? text) =>
        text is not null
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.AsSpan(Prefix.Length) is var rest
        && rest.Length is > Digits and <= MostSealedDigits
        && rest.Length % 2 == 0
        && rest.IndexOfAnyExcept("0123456789abcdef") < 0
            ? Convert.FromHexString(rest)
            : null;

    /// <summary>Null for what is no token of this kind.</summary>
    public static GitToken? Read(string? text) =>
        text is not null
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.AsSpan(Prefix.Length) is var rest
        && rest.Length == Digits
        && rest.IndexOfAnyExcept("0123456789abcdef") < 0
            ? new GitToken(text)
            : null;
}
