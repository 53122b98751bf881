using Bascule.Core.Notebooks;

namespace Bascule.Core.Platforms;

/// <summary>The role of a connector whose platform has a form of its own for notebooks, beside Jupyter's.</summary>
public interface IReadsNotebooks
{
    /// <summary>Whether a file of that name may be one: only then are its bytes looked at.</summary>
    bool MayBeNotebook(string path);

    /// <summary>Its cells in their order; null when the bytes are no notebook.</summary>
    IReadOnlyList<NotebookCell>? ReadCells(string path, ReadOnlySpan<byte> content);
}
