using System.Text.Json;
using System.Text.Unicode;

namespace Bascule.Core.Notebooks;

/// <summary>
/// A notebook in Jupyter's format 4 (https://nbformat.readthedocs.io/en/latest/format_description.html): its cells, and where in its bytes outputs stand. Read in
/// one pass, without a tree of objects, however large its outputs are (THREATS T130).
/// </summary>
public sealed class JupyterFile
{
    /// <summary>What is read at most, in bytes.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>What is read at most, in levels of nesting.</summary>
    public const int MaxDepth = 64;

    /// <summary>What is read at most.</summary>
    public const int MaxCells = 10_000;

    private readonly IReadOnlyList<Cut> _cuts;

    internal JupyterFile(IReadOnlyList<NotebookCell> cells, IReadOnlyList<string> outputs, IReadOnlyList<Cut> cuts)
    {
        Cells = cells;
        Outputs = outputs;
        _cuts = cuts;
    }

    public IReadOnlyList<NotebookCell> Cells { get; }

    /// <summary>Where outputs stand, each as a few words such as <c>cell 3 holds 2 outputs</c>. Execution counts and times alone are none.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Whether <see cref="WithoutOutputs"/> gives other bytes.</summary>
    public bool IsClean => _cuts.Count == 0;

    /// <summary>By its extension.</summary>
    public static bool IsOne(string path) => path.EndsWith(".ipynb", StringComparison.OrdinalIgnoreCase);

    /// <summary>Invalid when it is no notebook of format 4, or could be read in two ways: then nobody knows where its outputs are.</summary>
    public static Result<JupyterFile> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            return Problem.Invalid($"has {bytes.Length} bytes, and at most {MaxBytes} are read");
        if (!Utf8.IsValid(bytes))
            return Problem.Invalid("is not valid UTF-8");
        var scan = new JupyterScan(bytes);
        try
        {
            return scan.Read();
        }
        catch (JsonException)
        {
            return Problem.Invalid(
                $"is not valid JSON at byte {scan.Position}, or is nested deeper than {MaxDepth} levels"
            );
        }
        catch (InvalidOperationException)
        {
            return Problem.Invalid($"holds a lone surrogate in a name or text before byte {scan.Position}");
        }
    }

    /// <summary>The same bytes without outputs, execution counts, widgets and times of execution. Everything else stays as it was written.</summary>
    /// <param name="bytes">Those that were read.</param>
    public byte[] WithoutOutputs(ReadOnlySpan<byte> bytes)
    {
        var kept = new MemoryStream(bytes.Length);
        var at = 0;
        foreach (var cut in _cuts)
        {
            kept.Write(bytes[at..cut.Start]);
            kept.Write(cut.Instead);
            at = cut.End;
        }
        kept.Write(bytes[at..]);
        return kept.ToArray();
    }

    /// <summary>Bytes that go, and what comes in their place.</summary>
    internal sealed record Cut(int Start, int End, byte[] Instead);
}
