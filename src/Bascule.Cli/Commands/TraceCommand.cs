using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule trace</c>: from a commit to what became of it, and from a model back to who made it.</summary>
internal static class TraceCommand
{
    private static readonly Argument<string> Of = new("of")
    {
        Description = "A commit (7 digits of its id or more), a run's id, or a model as catalog.schema.name@version.",
    };

    private static readonly Option<int?> Limit = new("--limit")
    {
        Description = "Of the runs of a commit, at most so many: the newest. Default: 25.",
        HelpName = "1..100",
    };

    public static Command Create()
    {
        var command = new Command("trace", "Says where a model, run or commit comes from, and what became of it.")
        {
            Of,
            Limit,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.TraceAsync(parsed.GetValue(Of)!, parsed.GetValue(Limit), cancellationToken),
                    ApiJson.Default.TraceRecord,
                    TraceText.Of
                )
        );
        return command;
    }
}
