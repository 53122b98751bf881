using System.Globalization;
using System.Text;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>A file in git that stands for bytes elsewhere (git-lfs, docs/spec.md).</summary>
/// <param name="Oid">SHA-256 of the bytes, in lower-case hex.</param>
internal sealed record LfsPointer(string Oid, long Size)
{
    /// <summary>A longer file is none: git-lfs does not look further either.</summary>
    public const int MaxBytes = 1024;

    private const int Digits = 64;
    private const string OidKey = "oid sha256:";
    private const string SizeKey = "size ";

    private static readonly string[] Versions =
    [
        "version https://git-lfs.github.com/spec/v1",
        "version https://hawser.github.com/spec/v1",
        "version http://git-media.io/v/2",
    ];

    public static bool IsOid(string? text) =>
        text is { Length: Digits } && text.AsSpan().IndexOfAnyExcept("0123456789abcdef") < 0;

    /// <summary>Null for every other file.</summary>
    public static LfsPointer? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length is 0 or > MaxBytes || file.IndexOfAnyInRange((byte)0, (byte)9) >= 0)
            return null;
        var lines = Encoding.UTF8.GetString(file).Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        if (!Versions.Contains(lines[0]))
            return null;
        var oid = lines.Find(line => line.StartsWith(OidKey, StringComparison.Ordinal))?[OidKey.Length..];
        var size = lines.Find(line => line.StartsWith(SizeKey, StringComparison.Ordinal))?[SizeKey.Length..];
        return IsOid(oid) && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new LfsPointer(oid!, bytes)
            : null;
    }
}
