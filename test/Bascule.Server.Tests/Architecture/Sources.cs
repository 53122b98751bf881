using Bascule.Testing;

namespace Bascule.Server.Tests.Architecture;

/// <summary>The project's own files, as they are in the clone.</summary>
internal static class Sources
{
    private static readonly string[] Code = [".cs", ".razor", ".css", ".js", ".mjs", ".py", ".sql"];

    /// <summary>Relative paths below a folder, without build products.</summary>
    public static IReadOnlyList<string> Below(string folder, params string[] endings) =>
        [
            .. Directory
                .EnumerateFiles(RepositoryFolder.PathOf(folder), "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(RepositoryFolder.Root, file))
                .Where(file => !file.Contains("/bin/", StringComparison.Ordinal))
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
                .Where(file => endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal),
        ];

    public static IReadOnlyList<string> AllCode(string folder) => Below(folder, Code);

    public static string[] Lines(string file) => File.ReadAllLines(RepositoryFolder.PathOf(file));

    /// <summary>Each line that holds a fault, as file, number and text.</summary>
    public static IEnumerable<string> Where(IEnumerable<string> files, Func<string, string, bool> isFault) =>
        from file in files
        from line in Lines(file).Index()
        where isFault(file, line.Item)
        select $"{file}:{line.Index + 1}: {line.Item.Trim()}";
}
