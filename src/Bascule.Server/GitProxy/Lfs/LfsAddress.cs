using System.Globalization;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>What the address of a request for LFS names: a repository, and one of its objects. There is one spelling of it, as for git (THREATS T90).</summary>
internal sealed record LfsAddress(GitAddress Repository, LfsPointer? Object)
{
    public const string Objects = "/info/lfs/objects/";
    public const string Batch = Objects + "batch";

    /// <param name="target">The path of the request line as it was sent.</param>
    public static LfsAddress? ParseBatch(string target) =>
        GitAddress.Parse(target, Batch) is { } repository ? new LfsAddress(repository, Object: null) : null;

    /// <summary>The size is a part of the address: forges ask for it, and the client's second request has no other place for it.</summary>
    public static LfsAddress? ParseObject(string target)
    {
        var at = target.IndexOf(Objects, StringComparison.Ordinal);
        if (
            at < 0
            || target[(at + Objects.Length)..].Split('/') is not [var oid, var digits]
            || !LfsPointer.IsOid(oid)
            || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || digits != size.ToString(CultureInfo.InvariantCulture)
        )
            return null;
        return GitAddress.Parse(target, target[at..]) is { } repository
            ? new LfsAddress(repository, new LfsPointer(oid, size))
            : null;
    }

    /// <summary>Where an object is read and written: at Bascule, never at the forge.</summary>
    public static Uri Write(Uri publicUrl, GitAddress repository, LfsPointer pointer) =>
        new(
            $"{publicUrl.OriginalString.TrimEnd('/')}{repository.Path}{Objects}{pointer.Oid}/{pointer.Size.ToString(CultureInfo.InvariantCulture)}"
        );
}
