namespace Bascule.Connectors.Platforms.Sending;

/// <summary>What a connection looks for in the files of a tree before it sends them.</summary>
internal sealed class TreeSearches
{
    public PointerSearch Pointers { get; } = new();

    public NotebookSearch Notebooks { get; } = new();
}
