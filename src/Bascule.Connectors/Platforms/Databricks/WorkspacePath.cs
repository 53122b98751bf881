using System.Text;
using Bascule.Connectors.Platforms.Sending;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Paths below the workspace and inside a tree, joined by component and never by string luck (THREATS T67).</summary>
internal static class WorkspacePath
{
    public static bool IsAbsolute(string path) => path.StartsWith('/') && SendablePath.IsRelative(path[1..]);

    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>
    /// A repository's owner/name as two folder names; what a folder cannot hold is percent-encoded, so no two names meet (THREATS T41, T141).
    /// </summary>
    public static string OfRepository(string name) => string.Join('/', name.Split('/').Select(Encode));

    private static string Encode(string part)
    {
        var text = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(part))
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'_')
                text.Append((char)value);
            else if (value == '.' && text.Length > 0)
                text.Append('.');
            else
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"%{value:X2}");
        return text.Length == 0 ? "%" : text.ToString();
    }
}
