namespace Bascule.Core.Platforms;

/// <summary>
/// The role of a platform on which going back is work of its own: what earlier runs changed there is taken back from their journals. A rollback is then a run,
/// and <see cref="IPlatform.ObserveAsync"/> goes on with it; it has succeeded when everything was taken back.
/// </summary>
public interface ITakesBack
{
    /// <summary>
    /// Begins it. Safe to call again after a crash at any point. Denied when a journal is missing, cannot be read, or is of another place than this connection
    /// leads to: nothing was changed then.
    /// </summary>
    Task<Result<PlatformRun>> TakeBackAsync(TakeBackRequest request, CancellationToken cancellationToken);
}

/// <param name="Run">The rollback: its journal is written, and what it is asked with. It has no platform's id yet.</param>
/// <param name="Earlier">The journals of the runs that are taken back, the newest first. They are only read.</param>
/// <param name="Progress">Told each step in words for the run's timeline; never waits.</param>
public sealed record TakeBackRequest(StartedRun Run, IReadOnlyList<IRunJournal> Earlier, Action<string> Progress)
{
    /// <summary>As <see cref="StartRequest.Launching"/>.</summary>
    public Func<CancellationToken, Task<Result<Done>>> Launching { get; init; } = _ => Task.FromResult(Result.Done);
}
