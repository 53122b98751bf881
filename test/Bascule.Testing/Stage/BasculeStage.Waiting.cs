using System.Text;
using Bascule.Core.Api;
using Bascule.Core.Provenance.Statements;
using Bascule.Core.Runs;

namespace Bascule.Testing.Stage;

public sealed partial class BasculeStage
{
    /// <summary>A quiet machine needs a hundredth of it; a busy one is no reason to fail.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(40);

    /// <summary>Looks until there is something to see.</summary>
    /// <exception cref="TimeoutException">There was not; it tells which runs there are and what Bascule wrote last.</exception>
    public async Task<T> WaitForAsync<T>(string what, Func<Task<T?>> look)
        where T : class
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (DateTimeOffset.UtcNow < deadline)
        {
            if (await look() is { } seen)
                return seen;
            await Task.Delay(Look);
        }
        throw new TimeoutException(Diagnose($"waited in vain for {what}") + await RunsTextAsync());
    }

    public Task WaitUntilAsync(string what, Func<bool> isSo) =>
        WaitForAsync(what, () => Task.FromResult(isSo() ? "so" : null));

    /// <summary>The newest run of a commit, once it is as asked for; by default once it has ended.</summary>
    public Task<RunDetail> WaitForRunAsync(string commit, Func<RunDetail, bool>? isSo = null) =>
        WaitForAsync(
            $"a run of {commit}",
            async () =>
                await NewestRunAsync(commit) is { } run && (isSo is null ? run.Run.Final : isSo(run)) ? run : null
        );

    /// <summary>The statement about a run; it is signed after the run has ended.</summary>
    public Task<AttestationRecord> WaitForStatementAsync(string run) =>
        WaitForAsync(
            $"a statement about run {run}",
            async () =>
            {
                var listed = await Client.ListAttestationsAsync(run, CancellationToken.None);
                return listed.Failed(out _)
                    ? null
                    : listed.Value.Attestations.FirstOrDefault(one =>
                        one.PredicateType == ProvenanceNames.RunPredicate
                    );
            }
        );

    public async Task<IReadOnlyList<RunSummary>> RunsOfAsync(string commit)
    {
        var listed = await Client.ListRunsAsync(new RunQuery(Commit: commit), CancellationToken.None);
        return listed.Failed(out _) ? [] : listed.Value.Runs;
    }

    /// <summary>Waits until the forge has sent every webhook, Bascule has looked at each, and nothing is left to be done for the moment.</summary>
    public async Task SettleAsync()
    {
        await Forge.WaitForHooksAsync();
        await WaitForAsync(
            "every delivery to be looked at",
            async () =>
            {
                var listed = await Client.ListDeliveriesAsync(200, CancellationToken.None);
                return !listed.Failed(out _) && listed.Value.Deliveries.All(delivery => delivery.Outcome is not null)
                    ? listed.Value
                    : null;
            }
        );
    }

    /// <summary>What a person needs who reads only the failed test.</summary>
    public string Diagnose(string headline)
    {
        const int Tail = 6000;
        var written = Written;
        return new StringBuilder(headline)
            .Append("\n--- deliveries\n")
            .AppendJoin('\n', Forge.Deliveries.Select(sent => $"{sent.Event} {sent.Uuid}: {sent.Status} {sent.Error}"))
            .Append("\n--- the end of what Bascule wrote\n")
            .Append(written.Length > Tail ? written[^Tail..] : written)
            .ToString();
    }

    private async Task<RunDetail?> NewestRunAsync(string commit)
    {
        var runs = await RunsOfAsync(commit);
        if (runs.Count == 0)
            return null;
        var detail = await Client.GetRunAsync(runs[0].Id, CancellationToken.None);
        return detail.Failed(out _) ? null : detail.Value;
    }

    private async Task<string> RunsTextAsync()
    {
        var listed = await Client.ListRunsAsync(new RunQuery(), CancellationToken.None);
        if (listed.Failed(out var problem))
            return $"\n--- no runs: {problem.Message}";
        var lines = listed.Value.Runs.Select(run =>
            $"{run.Id} {run.Commit[..8]} {run.Workflow} in {run.Environment}: {run.State} {run.Reason}"
        );
        return "\n--- runs\n" + string.Join('\n', lines);
    }
}
