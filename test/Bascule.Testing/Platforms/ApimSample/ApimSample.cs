namespace Bascule.Testing.Platforms.ApimSample;

/// <summary>A small service of API Management in files, beside this one: two APIs, one with a revision, and one of everything that they need.</summary>
public static class ApimSample
{
    public const string Place = "test/Bascule.Testing/Platforms/ApimSample/Repository";

    public static string Folder { get; } = RepositoryFolder.PathOf(Place);

    /// <param name="below">Where the files are put in the tree; empty for its top.</param>
    public static MemoryTree Tree(string below = "")
    {
        var tree = new MemoryTree();
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(Folder, file).Replace(Path.DirectorySeparatorChar, '/');
            tree.Add(below.Length == 0 ? path : $"{below}/{path}", File.ReadAllBytes(file));
        }
        return tree;
    }
}
