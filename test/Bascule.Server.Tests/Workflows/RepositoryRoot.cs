namespace Bascule.Server.Tests.Workflows;

/// <summary>Finds files of the project itself, wherever it was cloned to.</summary>
internal static class RepositoryRoot
{
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    public static string PathOf(string relative) => Path.Combine(Folder, relative);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Bascule.slnx"))
            ? folder
            : Find(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the project's root"));
}
