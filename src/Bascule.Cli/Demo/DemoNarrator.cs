using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core.Api;
using Bascule.Core.Runs;

namespace Bascule.Cli.Demo;

/// <summary>Tells what happens to the run of a commit while it happens.</summary>
internal sealed class DemoNarrator(BasculeClient client)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, int> _told = new(StringComparer.Ordinal);

    /// <summary>Waits for the commit's newest run and follows it to its end. What was told of it before is not told again.</summary>
    /// <exception cref="TimeoutException">It did not come or did not end in time.</exception>
    public async Task<RunDetail> FollowAsync(string commit, CancellationToken cancellationToken)
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (DateTimeOffset.UtcNow < deadline)
        {
            if (await FindAsync(commit, cancellationToken) is { } detail)
            {
                foreach (var entry in detail.Timeline.Skip(_told.GetValueOrDefault(detail.Run.Id)))
                    Tell(detail.Run, entry);
                _told[detail.Run.Id] = detail.Timeline.Count;
                if (detail.Run.Final)
                    return detail;
            }
            await Task.Delay(Look, cancellationToken);
        }
        throw new TimeoutException($"no run of commit {commit} ended within {Patience.TotalMinutes} minutes");
    }

    private async Task<RunDetail?> FindAsync(string commit, CancellationToken cancellationToken)
    {
        var listed = await client.ListRunsAsync(new RunQuery(Commit: commit), cancellationToken);
        if (listed.Value.Runs.Count == 0)
            return null;
        return (await client.GetRunAsync(listed.Value.Runs[0].Id, cancellationToken)).Value;
    }

    private static void Tell(RunSummary run, TimelineRecord entry) =>
        OutputFeature.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {entry.At:HH:mm:ss.fff}  {run.Workflow}{(run.Environment is { } name ? $" in {name}" : "")}  {entry.Step}: {entry.Text}"
            )
        );
}
