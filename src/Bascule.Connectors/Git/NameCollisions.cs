using System.Globalization;
using System.Text;

namespace Bascule.Connectors.Git;

/// <summary>
/// Finds names of one folder that become one on systems which ignore case or Unicode form. We run without the tables that normalisation needs,
/// so where a name is written in parts (base and mark), every character beyond ASCII counts as equal: that refuses a little more than it must,
/// and only in folders that mix both forms.
/// </summary>
public sealed class NameCollisions
{
    private readonly Dictionary<string, string> _byCase = [];
    private readonly Dictionary<string, (string Name, bool InParts)> _byShape = [];

    /// <summary>The earlier name that this one collides with, or null.</summary>
    public string? Add(string name)
    {
        var folded = Fold(name);
        if (_byCase.TryGetValue(folded, out var same))
            return same;
        _byCase.Add(folded, name);
        if (Ascii.IsValid(name))
            return null;
        var shape = Shape(folded, out var inParts);
        if (_byShape.TryGetValue(shape, out var other) && (inParts || other.InParts))
            return other.Name;
        _byShape[shape] = (name, inParts || other.InParts);
        return null;
    }

    private static string Fold(string name) => name.ToUpperInvariant().ToLowerInvariant();

    /// <summary>Each group of a base and its marks, and each character that may stand for one, as one placeholder.</summary>
    private static string Shape(string name, out bool inParts)
    {
        var shape = new StringBuilder(name.Length);
        inParts = false;
        foreach (var rune in name.EnumerateRunes())
        {
            if (Continues(rune))
            {
                inParts = true;
                if (shape.Length > 0)
                    shape[^1] = '\0';
            }
            else
            {
                inParts |= IsCompatible(rune.Value);
                shape.Append(rune.IsAscii ? (char)rune.Value : '\0');
            }
        }
        return shape.ToString();
    }

    /// <summary>Marks that combine with what stands before them, and the later parts of a Hangul syllable.</summary>
    private static bool Continues(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        || rune.Value is >= 0x1160 and <= 0x11FF;

    /// <summary>Ideographs that have a second, equal code.</summary>
    private static bool IsCompatible(int rune) => rune is (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
