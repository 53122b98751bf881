namespace Bascule.Core.Runs;

/// <summary>What people may ask of a run.</summary>
public interface IRunCommands
{
    /// <summary>Asks for a stop and returns at once. Conflict when the run is final already; NotFound when there is none.</summary>
    /// <param name="by">Who asked, for the audit log: <c>operator</c> for the holder of the local token.</param>
    Task<Result<Run>> CancelAsync(RunId id, string by, CancellationToken cancellationToken);

    /// <summary>Starts the same trigger, commit, workflow and environment again with the next ordinal. Conflict while the run is not final.</summary>
    Task<Result<Run>> RetryAsync(RunId id, string by, CancellationToken cancellationToken);
}
