using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>Where one content lies: <c>&lt;folder&gt;/&lt;owner&gt;/&lt;name&gt;/&lt;content id&gt;</c>.</summary>
internal sealed record ContentFolder(string Repository, ContentId Content)
{
    public const string MarkerName = ".bascule-content";
    public const string ManifestName = "manifest.json";
    public const string LauncherName = "launch.py";

    public string Path => $"{Repository}/{Content}";
    public string Marker => $"{Path}/{MarkerName}";
    public string Manifest => $"{Path}/{ManifestName}";
    public string Launcher => $"{Path}/{LauncherName}";
    public string Packs => PacksOf(Repository);

    public static string PacksOf(string repository) => $"{repository}/packs";

    public static ContentFolder Of(DatabricksOptions options, string repositoryName, ContentId content) =>
        new($"{options.Folder}/{WorkspacePath.OfRepository(repositoryName)}", content);
}
