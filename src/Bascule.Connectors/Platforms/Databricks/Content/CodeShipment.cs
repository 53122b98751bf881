using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>What is sent of a tree, where to, and what the task then runs.</summary>
internal sealed record CodeShipment
{
    public required ContentFolder Folder { get; init; }
    public required SendableTree Tree { get; init; }

    /// <summary>Of what is sent, which is not the commit's where notebooks lose their outputs.</summary>
    public string TreeDigest => Source.TreeDigest;

    /// <summary>What the bytes are read from.</summary>
    public IContentTree Source => Tree.Sent.Tree;

    /// <summary>Null when the files travel one by one.</summary>
    public PackManifest? Manifest { get; init; }

    /// <summary>The absolute path that the task runs.</summary>
    public required string Program { get; init; }

    /// <summary>What the program needs before the workflow's own parameters.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public string Form => Manifest is null ? "files" : "packs";

    public ContentMarker MarkerAt(DateTimeOffset now) => new(Folder.Content.Hex, TreeDigest, Form, now);

    public static CodeShipment Of(ContentFolder folder, SendableTree sendable, DatabricksTask task)
    {
        var tree = sendable.Sent.Tree;
        var shipment = new CodeShipment
        {
            Folder = folder,
            Tree = sendable,
            Program = $"{folder.Path}/{task.Python}",
        };
        if (task.Notebook is { } notebook)
            return shipment with { Program = $"{folder.Path}/{NotebookFormat.WithoutExtension(notebook)}" };
        if (sendable.Files.Count <= DatabricksDefaults.MostPlainFiles)
            return shipment;
        var manifest = PackManifest.Of(FilePacks.Of(sendable.Files, tree), task.Python!, tree);
        return shipment with
        {
            Manifest = manifest,
            Program = folder.Launcher,
            Arguments = [folder.Manifest, manifest.Digest],
        };
    }
}
