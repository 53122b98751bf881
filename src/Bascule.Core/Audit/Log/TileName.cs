using System.Globalization;
using System.Runtime.InteropServices;

namespace Bascule.Core.Audit.Log;

/// <summary>Which tile of a log: 256 hashes of one level, or fewer at the right edge (c2sp.org/tlog-tiles).</summary>
/// <param name="Level">0 to 63; -1 for a tile of entries.</param>
/// <param name="Index">From the left, from 0.</param>
/// <param name="Width">How many hashes or entries: 1 to 256.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TileName(int Level, long Index, int Width)
{
    /// <summary>Hashes of a full tile.</summary>
    public const int FullWidth = 256;

    /// <summary>The level that stands for the entries themselves.</summary>
    public const int Entries = -1;

    private const int MaxLevel = 63;
    private const int GroupLength = 3;
    private const int MaxGroups = 5;

    public bool IsFull => Width == FullWidth;

    /// <summary>Beneath the log's prefix: <c>tile/0/x001/234.p/7</c>.</summary>
    public string Path
    {
        get
        {
            var level = Level == Entries ? "entries" : Level.ToString(CultureInfo.InvariantCulture);
            var partial = IsFull ? "" : string.Create(CultureInfo.InvariantCulture, $".p/{Width}");
            return $"tile/{level}/{Groups(Index)}{partial}";
        }
    }

    /// <summary>Every tile of that level in a tree of that size, from the left; none where the level has none.</summary>
    public static IEnumerable<TileName> Of(int level, long size)
    {
        var hashes = HashesOf(level, size);
        for (long index = 0; index * FullWidth < hashes; index++)
            yield return new TileName(level, index, (int)long.Min(FullWidth, hashes - (index * FullWidth)));
    }

    /// <summary>How many hashes the tiles of that level hold in a tree of that size: those of complete subtrees only.</summary>
    public static long HashesOf(int level, long size) =>
        level <= 0 ? size
        : level > 7 ? 0
        : size >> (8 * level);

    /// <summary>Null for what is no path of a tile, or not the one way to write it.</summary>
    public static TileName? Parse(string path)
    {
        if (!path.StartsWith("tile/", StringComparison.Ordinal))
            return null;
        var parts = path.Split('/')[1..];
        var width = FullWidth;
        if (parts.Length >= 3 && parts[^2].EndsWith(".p", StringComparison.Ordinal))
        {
            width = (int)Number(parts[^1]);
            if (width is < 1 or >= FullWidth)
                return null;
            parts = [.. parts[..^2], parts[^2][..^2]];
        }
        if (parts.Length < 2 || LevelOf(parts[0]) is not { } level || IndexOf(parts[1..]) is not { } index)
            return null;
        var name = new TileName(level, index, width);
        return name.Path == path ? name : null;
    }

    private static int? LevelOf(string text) =>
        text == "entries" ? Entries
        : Number(text) is var level and >= 0 and <= MaxLevel ? (int)level
        : null;

    private static long? IndexOf(string[] groups)
    {
        if (groups.Length > MaxGroups)
            return null;
        long index = 0;
        for (var at = 0; at < groups.Length; at++)
        {
            var digits = at == groups.Length - 1 ? groups[at] : groups[at].TrimStart('x');
            if (digits.Length != GroupLength || Number(digits) < 0)
                return null;
            index = (index * 1000) + Number(digits);
        }
        return index;
    }

    private static string Groups(long index)
    {
        var text = (index % 1000).ToString("000", CultureInfo.InvariantCulture);
        for (var rest = index / 1000; rest > 0; rest /= 1000)
            text = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:000}/{text}");
        return text;
    }

    private static long Number(string digits) =>
        digits.Length is > 0 and <= GroupLength
        && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : -1;
}
