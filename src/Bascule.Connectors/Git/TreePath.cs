using System.Text;
using Bascule.Core;

namespace Bascule.Connectors.Git;

/// <summary>Our own rule for paths (THREATS T67): relative, <c>/</c> between components, none of them empty, <c>.</c> or <c>..</c>.</summary>
public static class TreePath
{
    private const int MaxBytes = 4096;

    public static Result<IReadOnlyList<byte[]>> Split(string path)
    {
        if (path.Length == 0)
            return Result.Of<IReadOnlyList<byte[]>>([]);
        var parts = path.Split('/');
        var valid =
            Encoding.UTF8.GetByteCount(path) <= MaxBytes
            && parts.All(part => part is not ("" or "." or ".."))
            && !path.AsSpan().ContainsAny('\\', '\0')
            && !path.Any(char.IsControl);
        return valid
            ? Result.Of<IReadOnlyList<byte[]>>([.. parts.Select(Encoding.UTF8.GetBytes)])
            : Problem.Invalid(
                $"'{UntrustedText.Line(path, 200)}' is not a path inside the repository; write it relative to the repository, with '/' and without '.' or '..'"
            );
    }

    public static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
