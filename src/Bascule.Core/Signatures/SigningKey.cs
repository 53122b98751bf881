namespace Bascule.Core.Signatures;

public enum SigningKeyKind
{
    Ssh,
    OpenPgp,
}

/// <summary>A public key by which signatures are checked.</summary>
/// <param name="Fingerprint">SSH: <c>SHA256:</c> and base 64, as ssh-keygen prints it; OpenPGP: that of the primary key, in upper-case hex.</param>
/// <param name="Material">SSH: type and base 64; OpenPGP: one key, in ASCII armour.</param>
public sealed record SigningKey(SigningKeyKind Kind, string Fingerprint, string Material);

/// <summary>How fingerprints are written.</summary>
public static class Fingerprints
{
    public const string SshPrefix = "SHA256:";
    private const int Sha256Base64Length = 43;
    private const int Sha1HexLength = 40;

    /// <summary>As it is stored: people write those of OpenPGP with spaces and in small letters. Null for what is none.</summary>
    public static string? Read(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.StartsWith(SshPrefix, StringComparison.Ordinal))
            return
                trimmed.Length == SshPrefix.Length + Sha256Base64Length
                && trimmed.AsSpan(SshPrefix.Length).IndexOfAnyExcept(Base64Letters) < 0
                ? trimmed
                : null;
        var hex = trimmed.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        return hex.Length == Sha1HexLength && hex.All(char.IsAsciiHexDigitUpper) ? hex : null;
    }

    private const string Base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}
