namespace Bascule.Core.Work;

/// <summary>How far the inbox is behind, for those who watch it.</summary>
public interface IWorkBacklog
{
    /// <summary>One look at the whole inbox; not for hot paths.</summary>
    Task<WorkBacklog> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken);
}

/// <param name="Due">Rows whose time has come and that are not done.</param>
/// <param name="OldestDueAt">When the oldest of them fell due; null when there is none.</param>
/// <param name="Quarantined">Rows that were set aside.</param>
public sealed record WorkBacklog(long Due, DateTimeOffset? OldestDueAt, long Quarantined);
