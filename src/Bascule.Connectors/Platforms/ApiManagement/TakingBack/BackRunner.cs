using System.Globalization;
using Bascule.Connectors.Platforms.ApiManagement.Applying;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.ApiManagement.TakingBack;

/// <summary>Takes deployments back, one after the other, a stretch at a time. What somebody else has changed since is left and named.</summary>
internal sealed class BackRunner(ApimClient client, TimeProvider time)
{
    private const string Retry = "`bascule run retry` goes on with it";

    private const string HowToGoOn =
        "put that right by hand, or have it as it was deployed and `bascule run retry` goes on with it";

    public async Task<Result<Observation>> LookAsync(
        StartedRun run,
        TimeSpan stretch,
        CancellationToken cancellationToken
    )
    {
        var written = await run.Journal.ReadAsync(cancellationToken);
        if (written.Failed(out var problem))
            return problem;
        var read = BackJournal.Read(written.Value);
        if (read.Failed(out problem))
            return problem;
        var journal = read.Value;
        if (run.Run.CancelRequested && !journal.IsEnded)
            return new Observation(
                PlatformRunState.Canceled,
                $"canceled; {Count(journal)}; {Retry}",
                Log(journal),
                null
            );
        var gone = await GoOnAsync(run, journal, stretch, cancellationToken);
        return gone.Failed(out problem) ? problem : Observed(gone.Value);
    }

    private async Task<Result<BackJournal>> GoOnAsync(
        StartedRun run,
        BackJournal journal,
        TimeSpan stretch,
        CancellationToken cancellationToken
    )
    {
        var ends = time.GetUtcNow() + stretch;
        var session = new ArmSession(run.Identity, run.Audit);
        for (var part = 0; part < journal.Parts.Count && time.GetUtcNow() < ends; part++)
        {
            if (journal.Parts[part].IsEnded)
                continue;
            var (now, at) = (journal, part);
            var runner = new ApplyRunner(
                client,
                time,
                (one, stop) => run.Journal.WriteAsync(now.With(at, one).ToText(), stop)
            );
            var gone = await runner.GoOnAsync(session, journal.Parts[part], ends - time.GetUtcNow(), cancellationToken);
            if (gone.Failed(out var problem))
                return problem;
            journal = journal.With(part, gone.Value);
            // What comes before it is taken back only when this is: the newest first.
            if (!gone.Value.IsEnded)
                break;
        }
        return journal;
    }

    private static Observation Observed(BackJournal journal)
    {
        if (!journal.IsEnded)
            return new Observation(PlatformRunState.Running, Count(journal), null, null);
        var left = journal.Left.ToList();
        return left.Count == 0
            ? new Observation(PlatformRunState.Succeeded, "everything is as it was", Log(journal), null)
            : new Observation(
                PlatformRunState.Failed,
                $"not everything could be taken back: {string.Join("; ", left)}; {HowToGoOn}",
                Log(journal),
                null
            );
    }

    private static string Count(BackJournal journal) =>
        string.Create(CultureInfo.InvariantCulture, $"{journal.Done} of {journal.All} writes are taken back");

    private static string Log(BackJournal journal) =>
        string.Join(
            '\n',
            journal.Parts.SelectMany(part => part.Steps.Reverse()).Select(step => $"take back: {StepWords.Of(step)}")
        );
}
