using DiffPlex;

namespace Bascule.Server.Notebooks;

/// <summary>Parts a text at LF alone: any other control stays in its line, where it is shown.</summary>
internal sealed class LineFeeds : IChunker
{
    public static LineFeeds Instance { get; } = new();

    public IReadOnlyList<string> Chunk(string text) => text.Length == 0 ? [] : text.Split('\n');
}
