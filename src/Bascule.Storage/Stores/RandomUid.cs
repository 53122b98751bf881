using System.Security.Cryptography;

namespace Bascule.Storage.Stores;

/// <summary>Names nobody can guess or choose: 80 random bits in lower-case base 32 (RFC 4648, section 6).</summary>
internal static class RandomUid
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 16;

    public static string Forge() => New("f-");

    public static string Environment() => New("e-");

    public static string Pseudonym() => New("p-");

    private static string New(string prefix) => prefix + RandomNumberGenerator.GetString(Alphabet, Length);
}
