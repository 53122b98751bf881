namespace Bascule.Core.Runs;

/// <summary>What people may ask of a run.</summary>
public interface IRunCommands
{
    /// <summary>Asks for a stop and returns at once. Conflict when the run is final already; NotFound when there is none.</summary>
    /// <param name="by">Who asked, for the audit log: <c>operator</c> for the holder of the local token.</param>
    Task<Result<Run>> CancelAsync(RunId id, string by, CancellationToken cancellationToken);

    /// <summary>Starts the same trigger, commit, workflow and environment again with the next ordinal. Conflict while the run is not final.</summary>
    Task<Result<Run>> RetryAsync(RunId id, string by, CancellationToken cancellationToken);

    /// <summary>
    /// Starts what the run's plan says once more, to see whether it ends in the same way. While such a run has not ended it is the answer. Conflict when the run has
    /// not ended at its platform, when anything else than its plan would be sent by now, and when nobody has said that its model gets another version.
    /// </summary>
    Task<Result<Run>> ReproduceAsync(
        RunId id,
        ReproductionRequest request,
        string by,
        CancellationToken cancellationToken
    );
}

/// <param name="Because">Why, for the audit log and the timeline; null when nobody said.</param>
/// <param name="Register">Whoever asks knows that another version of the run's model is registered by it.</param>
public sealed record ReproductionRequest(string? Because, bool Register)
{
    /// <summary>Characters of <see cref="Because"/>.</summary>
    public const int MaxBecause = 500;

    /// <summary>As somebody wrote it. Invalid when it is too long.</summary>
    public static Result<ReproductionRequest> Read(string? because, bool register) =>
        because?.Length > MaxBecause
            ? Problem.Invalid($"because has more than {MaxBecause} characters; say it in fewer")
            : new ReproductionRequest(string.IsNullOrWhiteSpace(because) ? null : because, register);
}
