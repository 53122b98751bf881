using System.Text;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Sealing;

namespace Bascule.Server.Runs;

/// <summary>What platforms write down of runs, sealed by the master key, each for its run alone.</summary>
internal sealed class RunJournals(IRunStore runs, IWorkStore store, MasterKey key)
{
    public IRunJournal Of(RunId run) => new Journal(run, this);

    private static string PurposeOf(RunId run) => $"run-journal {run}";

    private sealed class Journal(RunId run, RunJournals journals) : IRunJournal
    {
        public async Task<Result<string?>> ReadAsync(CancellationToken cancellationToken) =>
            await journals.ReadAsync(run, cancellationToken);

        public Task<Result<Done>> WriteAsync(string text, CancellationToken cancellationToken) =>
            journals.WriteAsync(run, text, cancellationToken);
    }

    private async Task<Result<string?>> ReadAsync(RunId run, CancellationToken cancellationToken) =>
        Result.Of(
            await runs.ReadJournalAsync(run, cancellationToken) is { } found
                ? Encoding.UTF8.GetString(key.Open(PurposeOf(run), found))
                : null
        );

    private async Task<Result<Done>> WriteAsync(RunId run, string text, CancellationToken cancellationToken)
    {
        if (text.Length > IRunJournal.MaxLength)
            return Problem.Exceeded(
                $"this run would change more at once than can be taken back: what it must remember is {text.Length} characters, and {IRunJournal.MaxLength} are kept; deploy in smaller parts"
            );
        var change = new SaveRunJournal(run, key.Seal(PurposeOf(run), Encoding.UTF8.GetBytes(text)));
        var applied = await store.ApplyAsync([change], cancellationToken);
        return applied.Failed(out var problem) ? problem : Result.Done;
    }
}
