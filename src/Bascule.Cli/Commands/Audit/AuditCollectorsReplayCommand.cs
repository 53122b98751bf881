using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Audit;

/// <summary><c>bascule audit collectors replay</c>: sends a collector what it refused before, and waits for its answer.</summary>
internal static class AuditCollectorsReplayCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private static readonly Argument<string> Collector = new("collector") { Description = "Its name in the settings." };

    private static readonly Option<long?> Entry = new("--entry")
    {
        Description = "The index of the one to send; without, all that are set aside.",
    };

    public static Command Create()
    {
        var command = new Command("replay", "Sends a collector the entries that it refused, and that are set aside.")
        {
            Collector,
            Entry,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client =>
                        ReplayAsync(client, parsed.GetValue(Collector)!, parsed.GetValue(Entry), cancellationToken),
                    ApiJson.Default.CollectorRecord,
                    CollectorText.Replayed
                )
        );
        return command;
    }

    private static async Task<Result<CollectorRecord>> ReplayAsync(
        BasculeClient client,
        string collector,
        long? index,
        CancellationToken cancellationToken
    )
    {
        var asked = await client.ReplayToCollectorAsync(collector, index, cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (asked.Failed(out var problem))
                return problem;
            var now = asked.Value.Collectors.First(one => one.Name == collector);
            if (!now.SetAside.Any(letter => letter.Replaying))
                return now;
            if (TimeProvider.System.GetElapsedTime(began) > Longest)
                return Problem.Unavailable(
                    $"it is still under way after {Longest.TotalMinutes:0} minutes{(now.Failure is { } why ? $": {why}" : "")}; it goes on, see: bascule audit collectors"
                );
            await Task.Delay(Interval, cancellationToken);
            asked = await client.ListCollectorsAsync(cancellationToken);
        }
    }
}
