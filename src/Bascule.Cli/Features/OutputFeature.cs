using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Cli.Features;

/// <summary>Where a command's words go: results to standard output, everything else to standard error; with <c>--json</c> results are JSON.</summary>
internal sealed class OutputFeature(ParseResult parsed)
{
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Write results as JSON, for scripts.",
        Recursive = true,
    };

    public bool IsJson { get; } = parsed.GetValue(Json);

    /// <summary>One result: JSON, or the text that people read.</summary>
    public void Write<T>(T result, JsonTypeInfo<T> type, Func<string> text) =>
        Console.Out.WriteLine(IsJson ? JsonSerializer.Serialize(result, type) : text());

    public static void Say(string text) => Console.Error.WriteLine(text);

    /// <summary>Says what stands in the way, and with which exit code the command ends.</summary>
    public int Refuse(Problem problem)
    {
        if (IsJson)
            Console.Error.WriteLine(JsonSerializer.Serialize(ProblemText.Of(problem), ApiJson.Default.ProblemDocument));
        else
            Say($"bascule: {problem.Message}");
        return ExitCodes.Of(problem);
    }
}

internal static class ProblemText
{
    public static ProblemDocument Of(Problem problem) =>
        new(
            "about:blank",
            problem.Code.ToString(),
            Status: 0,
            problem.Message,
            problem.Code,
            problem.RetryAfter is { } wait ? (long)wait.TotalSeconds : null
        );
}
