using System.Text;

namespace Bascule.Connectors.Platforms.Sending;

/// <summary>Paths of a tree that is sent somewhere, joined by component and never by string luck (THREATS T67).</summary>
internal static class SendablePath
{
    private const int MaxNameBytes = 255;

    public static bool IsRelative(string path) => path.Length > 0 && path.Split('/').All(IsName);

    /// <summary>Empty for a path without a slash.</summary>
    public static string Parent(string path) => path.LastIndexOf('/') is var slash && slash < 0 ? "" : path[..slash];

    /// <summary>Two paths, or two folders on the way to them, that a case-insensitive reader takes for one (THREATS T74).</summary>
    public static (string One, string Other)? Collision(IEnumerable<string> paths)
    {
        var seen = new Dictionary<string, string>();
        foreach (var path in paths)
            for (var part = path; part.Length > 0; part = Parent(part))
            {
                if (seen.TryAdd(Fold(part), part))
                    continue;
                if (seen[Fold(part)] is var other && other != part)
                    return (other, part);
                break;
            }
        return null;
    }

    private static string Fold(string path) => path.Normalize(NormalizationForm.FormC).ToUpperInvariant();

    private static bool IsName(string name) =>
        name is not ("" or "." or "..")
        && !name.Any(char.IsControl)
        && Encoding.UTF8.GetByteCount(name) <= MaxNameBytes;
}
