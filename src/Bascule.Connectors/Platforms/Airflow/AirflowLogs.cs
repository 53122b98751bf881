using System.Text;
using System.Text.Json;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>Reads the end of a task's log.</summary>
internal sealed class AirflowLogs(AirflowHttp http, AirflowOptions options)
{
    /// <summary>At most <see cref="AirflowDefaults.MaxLogTail"/>, cut at the start; null when the try wrote nothing, or is not there.</summary>
    public async Task<Result<string?>> TailAsync(
        AirflowSession session,
        AirflowRun run,
        AirflowTaskRun task,
        CancellationToken cancellationToken
    )
    {
        if (task.Try < 1)
            return Result.Of<string?>(null);
        if (!AirflowNames.IsDagId(run.DagId) || !AirflowNames.IsRunId(run.RunId) || !AirflowNames.IsTaskId(task.Id))
            return Problem.Invalid(
                $"{options.Subject}: '{StatusProblem.Clean(task.Id)}' of {StatusProblem.Clean(run.DagId)} is not an id that a log can be asked for"
            );
        var path =
            OutboundPath.Of($"/dags/{run.DagId}/dagRuns/{run.RunId}/taskInstances/{task.Id}/logs/{task.Try}")
            + (task.MapIndex is { } part ? OutboundPath.Of($"?map_index={part}") : "");
        var asked = await http.AskAsync(
            session,
            () =>
                OutboundRequest.Get(options.Base + path, $"read the log of task {task.Id} of run {run.RunId}") with
                {
                    MaxAnswerBytes = AirflowDefaults.MaxLogAnswer,
                    // Airflow 2 writes its JSON as Python would print it.
                    Accept = options.Api == AirflowApi.V2 ? "application/json" : "text/plain",
                },
            cancellationToken
        );
        if (asked.Failed(out var problem))
            return problem;
        var (answer, authorization) = asked.Value;
        if (answer.Status == 404)
            return Result.Of<string?>(null);
        if (AirflowAnswer.Refusal(answer, authorization) is { } refusal)
            return refusal;
        return options.Api == AirflowApi.V1 ? Result.Of(Cut(answer.Body)) : Lines(answer, authorization);
    }

    private static Result<string?> Lines(OutboundAnswer answer, Secret authorization)
    {
        var read = AirflowAnswer.Read(answer, AirflowJson.Default.LogAnswer, authorization);
        if (read.Failed(out var problem))
            return problem;
        var text = string.Join('\n', (read.Value.Content ?? []).Select(Line));
        return Result.Of(Cut(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>A line is a text, or an event with its time.</summary>
    private static string Line(JsonElement line) =>
        line.ValueKind == JsonValueKind.String ? line.GetString()!
        : line.ValueKind != JsonValueKind.Object ? ""
        : Word(line, "timestamp") is { } time ? $"{time} {Word(line, "event")}"
        : Word(line, "event") ?? "";

    private static string? Word(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Cut(ReadOnlyMemory<byte> text)
    {
        var bytes = text.Span;
        if (bytes.Length == 0)
            return null;
        var start = int.Max(0, bytes.Length - AirflowDefaults.MaxLogTail);
        while (start > 0 && start < bytes.Length && (bytes[start] & 0xC0) == 0x80)
            start++; // never in the middle of a character
        return Encoding.UTF8.GetString(bytes[start..]);
    }
}
