using System.Diagnostics.CodeAnalysis;
using System.Text;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Workspace;

/// <summary>An absolute path in the workspace or a volume. <c>/Workspace/Shared</c> and <c>/Shared</c> are the same directory.</summary>
internal static class WorkspacePath
{
    private const string Alias = "/Workspace";
    private const int LongestName = 255;

    public static bool TryNormalize(
        string path,
        [NotNullWhen(true)] out string? normal,
        [NotNullWhen(false)] out ApiReply? refusal
    )
    {
        normal = null;
        if (!path.StartsWith('/'))
            refusal = ApiReply.Invalid($"Path ({path}) must start with '/'.");
        else if (path != "/" && path[1..].Split('/').Any(IsForbidden))
            refusal = ApiReply.Invalid($"Path ({path}) has an empty, relative or unusable part.");
        else
        {
            refusal = null;
            normal = Strip(path);
        }
        return refusal is null;
    }

    public static string Parent(string path) => path.LastIndexOf('/') is var slash && slash <= 0 ? "/" : path[..slash];

    private static string Strip(string path) =>
        path == Alias ? "/"
        : path.StartsWith(Alias + "/", StringComparison.Ordinal) ? path[Alias.Length..]
        : path;

    private static bool IsForbidden(string name) =>
        name is "" or "." or ".." || name.Any(char.IsControl) || Encoding.UTF8.GetByteCount(name) > LongestName;
}
