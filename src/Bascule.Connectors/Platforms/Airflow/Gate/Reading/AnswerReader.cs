using System.Globalization;
using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Json;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.Airflow.Gate.Reading;

/// <summary>
/// Takes what the reading process answered, which a file may have got hold of: every line is a known shape, every file is answered for once and in order,
/// and nothing comes after the end. Anything else is no answer at all (THREATS T131).
/// </summary>
internal sealed class AnswerReader(int asked)
{
    /// <summary>Characters of a name or a message.</summary>
    private const int Longest = 300;
    private const int Most = 1_000_000_000;
    private readonly List<FileAnswer> _files = [];
    private string? _version;

    public IReadOnlyList<FileAnswer> Files => _files;

    /// <summary>Python's version, once the end was said.</summary>
    public string? Version => _version;

    public bool IsAtEnd => _version is not null;

    /// <summary>Whole lines only: what follows the last line break was cut off.</summary>
    public Result<Done> Read(ReadOnlyMemory<byte> output)
    {
        while (output.Span.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (!Take(output[..end]))
                return Problem.Internal(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the process that reads DAG files gave an answer that it never gives, after {_files.Count} of {asked} files; nothing of it is believed"
                    )
                );
            output = output[(end + 1)..];
        }
        return Result.Done;
    }

    private bool Take(ReadOnlyMemory<byte> line)
    {
        var parsed = StrictJson.Parse(line);
        if (IsAtEnd || parsed.Failed(out _) || Deserialize(parsed.Value) is not { } answer)
            return false;
        if (answer.End is { } end)
            return TakeEnd(answer, end);
        if (answer.File != _files.Count || _files.Count == asked || ReadFile(answer) is not { } file)
            return false;
        _files.Add(file);
        return true;
    }

    private bool TakeEnd(AnswerLine answer, int end)
    {
        var isAlone = answer == new AnswerLine { End = end, Python = answer.Python };
        if (!isAlone || end != asked || _files.Count != asked || answer.Python is not { Length: > 0 and < 40 } version)
            return false;
        _version = PlainText.Line(version, Longest);
        return true;
    }

    private static AnswerLine? Deserialize(JsonElement element)
    {
        try
        {
            return element.Deserialize(AnswerJson.Default.AnswerLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static FileAnswer? ReadFile(AnswerLine answer)
    {
        if (answer.Python is not null)
            return null;
        if (answer.Fault is not null)
            return ReadFault(answer) is { } fault ? new FileAnswer { Fault = fault } : null;
        if (answer is { Line: not null } or { Text: not null })
            return null;
        var dags = answer.Dags?.Select(ReadDag).ToList();
        var names = answer.Names?.Select(ReadName).ToList();
        var hidden = answer.HiddenImports?.Select(ReadName).ToList();
        if (dags is null || names is null || hidden is null)
            return null;
        return dags.Contains(null) || names.Contains(null) || hidden.Contains(null)
            ? null
            : new FileAnswer
            {
                Dags = [.. dags.OfType<DagAnswer>()],
                Names = [.. names.OfType<NameAnswer>()],
                HiddenImports = [.. hidden.OfType<NameAnswer>()],
            };
    }

    private static FileFault? ReadFault(AnswerLine answer)
    {
        FaultKind? kind = answer.Fault switch
        {
            "syntax" => FaultKind.Syntax,
            "encoding" => FaultKind.Encoding,
            "limit" => FaultKind.Limit,
            "failed" => FaultKind.Failed,
            _ => null,
        };
        return
            kind is { } known && answer is { Line: >= 1 and <= Most, Text.Length: <= Longest, Dags: null, Names: null }
            ? new FileFault(known, answer.Line.Value, PlainText.Line(answer.Text, Longest))
            : null;
    }

    private static DagAnswer? ReadDag(DagLine? dag) =>
        dag is { Line: >= 1 and <= Most, Tasks: >= 0 and <= Most, Mapped: >= 0 and <= Most }
        && (dag.Id is null || dag.Id.Length <= Longest)
            ? new DagAnswer(dag.Id, dag.Line, dag.Schedule, dag.Owner, dag.Tasks, dag.Hidden, dag.Mapped)
            : null;

    private static NameAnswer? ReadName(NameLine? name) =>
        name is { Line: >= 1 and <= Most, Name.Length: > 0 and <= Longest }
            ? new NameAnswer(name.Name, name.Line)
            : null;
}
