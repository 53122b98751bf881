using System.Text.Json.Serialization.Metadata;
using Bascule.Core;

namespace Bascule.Connectors.Outbound;

/// <summary>What a server answered, whatever its status; never a redirect.</summary>
/// <param name="MediaType">Without its parameters; empty when there is none.</param>
/// <param name="RetryAfter">How long the server asks us to wait, at most a day.</param>
public sealed record OutboundAnswer(int Status, string MediaType, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter)
{
    /// <summary>Begins every message about this answer, e.g. <c>forge 'git': cannot list webhooks of ml/churn</c>.</summary>
    public required string Failing { get; init; }

    /// <summary>Response headers, each name once, its values joined by a comma.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The refusal that the status means; null for a success.</summary>
    /// <param name="said">The server's own words, where the caller could read them; they are cleaned and cut.</param>
    public Problem? AsProblem(string? said = null) =>
        IsSuccess ? null : StatusProblem.Of(this, said is null ? "" : $": \"{StatusProblem.Clean(said)}\"");

    /// <summary>The body as strict JSON; the status's refusal when it is not a success.</summary>
    public Result<T> Read<T>(JsonTypeInfo<T> type)
    {
        if (AsProblem() is { } problem)
            return problem;
        var read = JsonReading.Read(Body, type);
        return read.Failed(out var why)
            ? Problem.Invalid(
                $"{Failing}: the answer ({Status}, {MediaType}) is not the JSON it should be: {why.Message}"
            )
            : read;
    }
}
