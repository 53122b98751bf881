using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>One file below the folder that Airflow follows.</summary>
/// <param name="Path">Below that folder, with <c>/</c> between, without <c>.</c> and <c>..</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Bytes">Of a link: its target as it is written. Null when it was not read: it is a submodule, or larger than was asked for.</param>
public sealed record DagFile(string Path, TreeEntryKind Kind, long Size, ReadOnlyMemory<byte>? Bytes)
{
    /// <summary>The folder that holds it; empty for the top one.</summary>
    internal string Folder => FolderOf(Path);

    /// <summary>Whether Airflow and Python take it for source.</summary>
    internal bool IsPython => Path.EndsWith(".py", StringComparison.Ordinal);

    internal static string FolderOf(string path) =>
        path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : string.Empty;
}
