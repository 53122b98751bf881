using System.CommandLine;
using Bascule.Client;
using Bascule.Core;

namespace Bascule.Cli.Features;

/// <summary>The run that a command is about.</summary>
internal static class RunFeature
{
    public static readonly Argument<string> Id = new("run") { Description = "The run's id, as `bascule run list` shows it." };

    public static Command Command(string name, string description, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        var command = new Command(name, description) { Id };
        command.SetAction(action);
        return command;
    }

    /// <summary>Opens the connection, asks, and shows the answer or the refusal.</summary>
    public static async Task<int> AskAsync<T>(
        ParseResult parsed,
        Func<BasculeClient, string, Task<Result<T>>> ask,
        Func<OutputFeature, T, int> show
    )
    {
        var output = new OutputFeature(parsed);
        var opened = ConnectionFeature.Open(parsed);
        if (opened.Failed(out var problem))
            return output.Refuse(problem);
        using var client = opened.Value;
        var id = parsed.CommandResult.GetResult(Id) is null ? "" : parsed.GetValue(Id)!;
        var answer = await ask(client, id);
        return answer.Failed(out var refusal) ? output.Refuse(refusal) : show(output, answer.Value);
    }
}
