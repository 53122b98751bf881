using System.Globalization;
using Bascule.Core.Forges;

namespace Bascule.Server.Mirrors;

/// <summary>What mirrors take on disk together, and which of them must give way.</summary>
internal static class MirrorQuota
{
    /// <summary>Every mirror on disk, opened by this process or not. What does not look like one of ours is left alone.</summary>
    public static IReadOnlyList<KeptMirror> Read(string root)
    {
        if (!Directory.Exists(root))
            return [];
        var kept = new List<KeptMirror>();
        foreach (var folder in Directory.EnumerateDirectories(root).SelectMany(Directory.EnumerateDirectories))
        {
            if (KeyOf(folder) is { } key && Measure(folder) is { } mirror)
                kept.Add(mirror with { Key = key });
        }
        return kept;
    }

    /// <summary>Those that nobody used for longest, as many as it takes to come down to the limit.</summary>
    public static IEnumerable<KeptMirror> Choose(
        IReadOnlyList<KeptMirror> mirrors,
        long limit,
        DateTimeOffset unusedSince
    )
    {
        var excess = mirrors.Sum(mirror => mirror.Bytes) - limit;
        foreach (var mirror in mirrors.Where(one => one.UsedAt <= unusedSince).OrderBy(one => one.UsedAt))
        {
            if (excess <= 0)
                yield break;
            excess -= mirror.Bytes;
            yield return mirror;
        }
    }

    private static RepositoryKey? KeyOf(string folder)
    {
        var id = Path.GetFileNameWithoutExtension(folder);
        return
            Path.GetExtension(folder) == ".git"
            && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new RepositoryKey(Path.GetFileName(Path.GetDirectoryName(folder)!), number)
            : null;
    }

    /// <summary>Null when it goes away meanwhile.</summary>
    private static KeptMirror? Measure(string folder)
    {
        try
        {
            var packs = new DirectoryInfo(Path.Combine(folder, "objects", "pack"));
            var head = new FileInfo(Path.Combine(folder, "HEAD"));
            return packs.Exists && head.Exists
                ? new KeptMirror(
                    default,
                    packs.EnumerateFiles().Sum(file => file.Length),
                    new DateTimeOffset(head.LastWriteTimeUtc)
                )
                : null;
        }
        catch (Exception gone) when (gone is DirectoryNotFoundException or FileNotFoundException)
        {
            return null;
        }
    }
}

/// <param name="UsedAt">The time on its HEAD, which is touched when the mirror is used: it outlives the process.</param>
internal sealed record KeptMirror(RepositoryKey Key, long Bytes, DateTimeOffset UsedAt);
