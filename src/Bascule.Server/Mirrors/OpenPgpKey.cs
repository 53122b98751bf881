using System.Globalization;

namespace Bascule.Server.Mirrors;

/// <summary>A primary key with its subkeys, as gpg lists it.</summary>
internal sealed record OpenPgpKey(OpenPgpPart Primary, IReadOnlyList<OpenPgpPart> Subkeys)
{
    public IEnumerable<OpenPgpPart> Parts => Subkeys.Prepend(Primary);

    /// <summary>Why nothing that it signs counts; null when some part of it can sign.</summary>
    public string? Weakness =>
        Primary.IsOver ? "it is expired or revoked"
        : Parts.Any(part => part is { CanSign: true, IsOver: false, Weakness: null }) ? null
        : Parts.FirstOrDefault(part => part is { CanSign: true, IsOver: false })?.Weakness
            ?? "no part of it may sign: all are for something else, expired or revoked";

    /// <summary>Of <c>--with-colons</c>; see GnuPG's doc/DETAILS.</summary>
    public static IReadOnlyList<OpenPgpKey> ParseAll(string listing)
    {
        var keys = new List<OpenPgpKey>();
        string[]? open = null;
        foreach (var fields in listing.Split('\n').Select(line => line.Split(':')))
        {
            if (fields[0] is "pub" or "sub")
                open = fields;
            if (
                fields[0] != "fpr"
                || open is null
                || fields.Length < 10
                || OpenPgpPart.Of(open, fields[9]) is not { } part
            )
                continue;
            if (open[0] == "pub")
                keys.Add(new OpenPgpKey(part, []));
            else if (keys.Count > 0)
                keys[^1] = keys[^1] with { Subkeys = [.. keys[^1].Subkeys, part] };
            open = null;
        }
        return keys;
    }
}

/// <param name="Algorithm">RFC 4880, section 9.1.</param>
internal sealed record OpenPgpPart(string Fingerprint, int Algorithm, int Bits, bool CanSign, bool IsOver)
{
    private const int LeastRsaBits = 2048;
    private const int Rsa = 1;
    private const int RsaForSigning = 3;
    private const int EcDsa = 19;
    private const int EdDsa = 22;

    /// <summary>Expired, revoked, disabled or invalid.</summary>
    private const string Over = "erdi";

    public string? Weakness =>
        Algorithm switch
        {
            Rsa or RsaForSigning when Bits < LeastRsaBits =>
                $"an RSA key of {Bits} bits does not count, {LeastRsaBits} are the least",
            Rsa or RsaForSigning or EcDsa or EdDsa => null,
            _ => "keys of its algorithm do not count; use RSA, ECDSA or EdDSA",
        };

    public static OpenPgpPart? Of(string[] fields, string fingerprint) =>
        fields.Length > 11
        && int.TryParse(fields[2], CultureInfo.InvariantCulture, out var bits)
        && int.TryParse(fields[3], CultureInfo.InvariantCulture, out var algorithm)
            ? new OpenPgpPart(
                fingerprint,
                algorithm,
                bits,
                fields[11].Contains('s', StringComparison.Ordinal),
                fields[1].Length > 0 && Over.Contains(fields[1][0], StringComparison.Ordinal)
            )
            : null;
}
