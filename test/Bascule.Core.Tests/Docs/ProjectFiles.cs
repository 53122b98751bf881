namespace Bascule.Core.Tests.Docs;

/// <summary>The project's own files, wherever it was cloned to.</summary>
internal static class ProjectFiles
{
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "node_modules", "StrykerOutput", "data"];

    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Absolute paths below a folder, without what is built and what is hidden.</summary>
    public static IEnumerable<string> Find(string folder, string pattern)
    {
        var from = Path.Combine(Root, folder);
        var below = Directory
            .EnumerateDirectories(from)
            .Where(path => Path.GetFileName(path) is var name && name[0] != '.' && !NotOurs.Contains(name));
        return Directory.EnumerateFiles(from, pattern).Concat(below.SelectMany(path => Find(path, pattern)));
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Bascule.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the project's root");
        return folder;
    }
}
