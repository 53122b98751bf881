namespace Bascule.Core.Notebooks;

/// <summary>One cell of a notebook, in whichever form the notebook is written.</summary>
/// <param name="Id">What tells the cell from the others of its notebook; null where the form has no ids.</param>
/// <param name="Kind">code, markdown, raw, or a language; from the file, so anything may stand in it.</param>
/// <param name="Source">With LF alone between lines.</param>
public sealed record NotebookCell(string? Id, string Kind, string Source);
