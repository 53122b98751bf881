using Bascule.Core.Work;

namespace Bascule.Core.Retention;

/// <summary>
/// What is old enough to be forgotten. Never: what a row of work or a row set aside still speaks of, a run that has not ended, and the latest success of a
/// workflow on a branch, with which the next one is compared.
/// </summary>
public interface IRetentionStore
{
    /// <summary>Deliveries received before that time; counts up to the limit.</summary>
    Task<int> CountDeliveriesAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>Runs that ended before that time; counts up to the limit.</summary>
    Task<int> CountRunsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>Uses of tokens that had expired before that time; counts up to the limit.</summary>
    Task<int> CountTokenUsesAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

/// <summary>Deletes the oldest deliveries that may go, with their bodies.</summary>
public sealed record ForgetDeliveries(DateTimeOffset Before, int Limit) : Change;

/// <summary>Deletes the oldest runs that may go, with their timelines, logs, metrics and models.</summary>
public sealed record ForgetRuns(DateTimeOffset Before, int Limit) : Change;

/// <summary>Deletes uses of tokens that had expired before that time.</summary>
public sealed record ForgetTokenUses(DateTimeOffset Before, int Limit) : Change;
