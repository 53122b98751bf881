namespace Bascule.Core.Platforms;

/// <summary>
/// What a platform writes down of one run before it changes anything: what it is about to do and what was there, to go on after a crash and to go back. Kept as long
/// as the run, and sealed: it may hold what a platform shows of its settings.
/// </summary>
public interface IRunJournal
{
    /// <summary>Characters of one journal.</summary>
    const int MaxLength = 16 * 1024 * 1024;

    /// <summary>Null when nothing was written yet.</summary>
    Task<Result<string?>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Durable when it answers; replaces what was written before. Limited when it is too long, and nothing is written.</summary>
    Task<Result<Done>> WriteAsync(string text, CancellationToken cancellationToken);
}

/// <summary>For calls that need none.</summary>
internal sealed class NoJournal : IRunJournal
{
    public static readonly NoJournal Instance = new();

    public Task<Result<string?>> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Result.Of<string?>(null));

    public Task<Result<Done>> WriteAsync(string text, CancellationToken cancellationToken) =>
        Task.FromResult(Result.Failure<Done>(Problem.Internal("this run has no journal")));
}
