using System.Globalization;
using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>
/// Names as the service takes them (patterns of its REST API, api-version 2024-05-01), and narrower: only ASCII, no separators and no second spelling of one
/// (THREATS T141). A name becomes part of an address; another letter that looks the same must not become another resource.
/// </summary>
internal static class ResourceNames
{
    private const string Revision = ";rev=";

    /// <summary>What the service's pattern leaves out, and what has a meaning in addresses.</summary>
    private const string Forbidden = "*#&+:<>?/\\%;|\"'`^[]{}";

    /// <summary>Null when the name is fine; else what is wrong with it.</summary>
    public static string? FaultOf(ApimKind kind, string name)
    {
        var longest = LongestOf(kind);
        if (name.Length == 0 || name.Length > longest)
            return string.Create(CultureInfo.InvariantCulture, $"must have 1 to {longest} characters");
        if (name.Any(one => one is < ' ' or > '~'))
            return "holds a character that is not plain ASCII, and others look like it; use letters and digits of ASCII, '-', '_' and '.'";
        if (name.AsSpan().IndexOfAny(Forbidden) is >= 0 and var at)
            return $"holds '{name[at]}'; use letters and digits of ASCII, '-', '_' and '.'";
        if (name[0] is '.' or ' ' || name[^1] is '.' or ' ')
            return "begins or ends with a dot or a space";
        if (name.Contains("..", StringComparison.Ordinal))
            return "holds '..'";
        return kind == ApimKind.PolicyFragment && !name.All(one => char.IsAsciiLetterOrDigit(one) || one is '_' or '-')
            ? "is that of a fragment: use letters and digits of ASCII, '_' and '-'"
            : null;
    }

    /// <summary>Of an API: its name without the revision, and the revision where it has one. Null where the revision is no number as the service writes it.</summary>
    public static (string Name, int? Revision)? SplitRevision(string name)
    {
        var at = name.IndexOf(';', StringComparison.Ordinal);
        if (at < 0)
            return (name, null);
        var number = name.AsSpan(at).StartsWith(Revision, StringComparison.Ordinal)
            ? name[(at + Revision.Length)..]
            : "";
        return
            int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            && revision > 0
            && revision.ToString(CultureInfo.InvariantCulture) == number
            ? (name[..at], revision)
            : null;
    }

    private static int LongestOf(ApimKind kind) =>
        kind == ApimKind.Api
        || kind == ApimKind.ProductApi
        || kind == ApimKind.Product
        || kind == ApimKind.NamedValue
        || kind == ApimKind.Logger
            ? 256
            : 80;
}
