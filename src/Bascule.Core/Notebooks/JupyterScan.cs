using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bascule.Core.Notebooks;

/// <summary>Reads a notebook forwards, once. What is not needed is passed over, and is never made into objects.</summary>
internal ref struct JupyterScan
{
    private const int Format = 4;

    /// <summary>Members of metadata, of the notebook and of cells, that hold what came out of an execution.</summary>
    private static readonly HashSet<string> Results = ["outputs", "widgets"];

    /// <summary>Members of metadata that say when and by whom a cell was executed.</summary>
    private static readonly HashSet<string> Traces = ["ExecuteTime", "execution", "executionInfo"];

    private static readonly byte[] NoOutputs = "[]"u8.ToArray();
    private static readonly byte[] NoCount = "null"u8.ToArray();

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<NotebookCell> _cells = [];
    private readonly List<string> _outputs = [];
    private readonly List<JupyterFile.Cut> _cuts = []; // in the order of the bytes: what is cut holds no other cut
    private Utf8JsonReader _reader;
    private string? _fault;

    public JupyterScan(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = JupyterFile.MaxDepth });
    }

    public readonly long Position => _reader.BytesConsumed;

    private readonly int Start => (int)_reader.TokenStartIndex;

    private readonly int End => (int)_reader.BytesConsumed;

    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A text that is needed is no text.</exception>
    public Result<JupyterFile> Read()
    {
        ReadNotebook();
        if (_fault is { } fault)
            return Problem.Invalid(fault);
        return new JupyterFile(_cells, _outputs, _cuts);
    }

    private void ReadNotebook()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            Refuse("is no notebook: it is not a JSON object");
            return;
        }
        var members = new JupyterMembers(Start);
        var (format, hasCells) = (false, false);
        while (NextMember(members, out var name, out _))
        {
            if (name == "nbformat")
                format =
                    _reader.TokenType == JsonTokenType.Number
                    && _reader.TryGetInt32(out var version)
                    && version == Format;
            else if (name == "cells")
                hasCells = ReadCells();
            else if (name == "metadata")
                ReadMetadata("the notebook's metadata");
            _reader.Skip();
        }
        if (_fault is null && (!format || !hasCells))
            Refuse("is no notebook of nbformat 4 with a list of cells");
        if (_fault is null)
            _reader.Read(); // what follows the notebook is no JSON, and is found here
    }

    /// <summary>Leaves the reader at the value, which the caller takes or skips.</summary>
    private bool NextMember(JupyterMembers members, out string name, out int start)
    {
        (name, start) = ("", 0);
        if (_fault is not null || !_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
            return false;
        (name, start) = (_reader.GetString()!, Start);
        if (!members.Begin(name))
            Refuse($"repeats a key in the object at byte {start}");
        return _reader.Read() && _fault is null;
    }

    private bool ReadCells()
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
            return false;
        while (_fault is null && _reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            if (_reader.TokenType != JsonTokenType.StartObject)
                Refuse($"has a cell {_cells.Count + 1} that is no object");
            else if (_cells.Count == JupyterFile.MaxCells)
                Refuse($"has more than {JupyterFile.MaxCells} cells");
            else
                ReadCell();
        return true;
    }

    private void ReadCell()
    {
        var number = _cells.Count + 1;
        var members = new JupyterMembers(Start);
        var (id, kind, source) = ((string?)null, "", "");
        while (NextMember(members, out var name, out _))
        {
            switch (name)
            {
                case "id" when _reader.TokenType == JsonTokenType.String:
                    id = _reader.GetString();
                    break;
                case "cell_type" when _reader.TokenType == JsonTokenType.String:
                    kind = _reader.GetString()!;
                    break;
                case "source":
                    source = ReadSource();
                    break;
                case "outputs":
                    ReadOutputs(number);
                    break;
                case "execution_count" when _reader.TokenType != JsonTokenType.Null:
                    Replace(NoCount);
                    break;
                case "metadata":
                    ReadMetadata(string.Create(CultureInfo.InvariantCulture, $"the metadata of cell {number}"));
                    break;
            }
            _reader.Skip();
        }
        _cells.Add(new NotebookCell(id, kind, source));
    }

    private void ReadOutputs(int number)
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            Refuse($"has a cell {number} whose outputs are no list");
            return;
        }
        var (start, count) = (Start, 0);
        for (; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; count++)
            _reader.Skip();
        if (count == 0)
            return;
        _cuts.Add(new JupyterFile.Cut(start, End, NoOutputs));
        _outputs.Add(
            string.Create(CultureInfo.InvariantCulture, $"cell {number} holds {count} output{(count == 1 ? "" : "s")}")
        );
    }

    private void ReadMetadata(string place)
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
            return;
        var members = new JupyterMembers(Start);
        while (NextMember(members, out var name, out var from))
        {
            var value = Start;
            _reader.Skip();
            var isResult = Results.Contains(name) && !IsEmpty(_bytes[value..End]);
            members.Add(from, End, isResult || Traces.Contains(name));
            if (isResult)
                _outputs.Add($"{place} holds {name}");
        }
        if (_fault is null)
            members.CutInto(_cuts, Start);
    }

    /// <summary>A text, or a list of texts that are written one after the other.</summary>
    private string ReadSource()
    {
        if (_reader.TokenType == JsonTokenType.String)
            return Lines(_reader.GetString()!);
        if (_reader.TokenType != JsonTokenType.StartArray)
            return "";
        var text = new StringBuilder();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            if (_reader.TokenType == JsonTokenType.String)
                text.Append(_reader.GetString());
            else
                _reader.Skip();
        return Lines(text.ToString());
    }

    private void Replace(byte[] instead)
    {
        var start = Start;
        _reader.Skip();
        _cuts.Add(new JupyterFile.Cut(start, End, instead));
    }

    private void Refuse(string fault) => _fault ??= fault;

    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    private static bool IsEmpty(ReadOnlySpan<byte> value)
    {
        foreach (var letter in value)
            if (!" \t\r\n[]{}"u8.Contains(letter))
                return value.SequenceEqual("null"u8);
        return true;
    }
}
