using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Telemetry;

/// <summary>Counts the changes of state among what a handler wants stored.</summary>
internal sealed class RunTransitions(IRunStore runs, BasculeMetrics metrics)
{
    /// <summary>Before they are stored: afterwards nobody can tell what was there.</summary>
    public async Task CountAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
            switch (change)
            {
                case AddRun { Run: var added } when await runs.FindByKeyAsync(added.Key, cancellationToken) is null:
                    metrics.RunMoved("none", Word(added.State));
                    break;
                case SaveRun { Run: var saved }
                    when await runs.FindAsync(saved.Id, cancellationToken) is { } before && before.State != saved.State:
                    metrics.RunMoved(Word(before.State), Word(saved.State));
                    break;
                default:
                    break;
            }
    }

    private static string Word(RunState state) => state.ToString().ToLowerInvariant();
}
