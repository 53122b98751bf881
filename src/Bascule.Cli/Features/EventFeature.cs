using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Bascule.Client;
using Bascule.Core;

namespace Bascule.Cli.Features;

/// <summary>The event that a command is about, asked of the running server.</summary>
internal static class EventFeature
{
    private static readonly Argument<string> Id = new("event")
    {
        Description = "A delivery, or the number of work that was set aside, as `bascule event list` shows it.",
    };

    public static Command Command(
        string name,
        string description,
        Func<ParseResult, string, CancellationToken, Task<int>> action
    )
    {
        var command = new Command(name, description) { Id };
        command.SetAction((parsed, cancellationToken) => action(parsed, parsed.GetValue(Id)!, cancellationToken));
        return command;
    }

    public static async Task<int> AskAsync<T>(
        ParseResult parsed,
        Func<BasculeClient, Task<Result<T>>> ask,
        JsonTypeInfo<T> type,
        Func<T, string> text
    )
    {
        var output = new OutputFeature(parsed);
        var opened = ConnectionFeature.Open(parsed);
        if (opened.Failed(out var problem))
            return output.Refuse(problem);
        using var client = opened.Value;
        var answer = await ask(client);
        if (answer.Failed(out var refusal))
            return output.Refuse(refusal);
        output.Write(answer.Value, type, () => text(answer.Value));
        return ExitCodes.Success;
    }
}
