using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Reports;

namespace Bascule.Server.Telemetry;

/// <summary>What a row of work belongs to.</summary>
/// <param name="Trace">What its trace is named by; null when it belongs to nothing else.</param>
internal sealed record WorkOrigin(string? Trace, string? Delivery = null, Run? Run = null);

/// <summary>Finds out, from the row and the database alone, which delivery led to a row of work.</summary>
internal sealed class WorkOrigins(IRunStore runs)
{
    public async Task<WorkOrigin> FindAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (item.Kind.StartsWith("event.", StringComparison.Ordinal))
            return new WorkOrigin(item.Subject, item.Subject);
        return await FindRunAsync(item, cancellationToken) is { } run
            ? new WorkOrigin(run.Delivery ?? run.Id.Text, run.Delivery, run)
            : new WorkOrigin(Trace: null);
    }

    /// <summary>A comment is about all runs of its pull request: it belongs to the newest one.</summary>
    private async Task<Run?> FindRunAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (item.Kind != ReportWork.CommentKind)
            return RunId.IsWellFormed(item.Subject)
                ? await runs.FindAsync(new RunId(item.Subject), cancellationToken)
                : null;
        var parts = item.Subject.Split('/');
        var repository = new RepositoryKey(parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture));
        var number = long.Parse(parts[2], CultureInfo.InvariantCulture);
        var newest = await runs.ListAsync(new RunFilter(repository, number, Limit: 1), cancellationToken);
        return newest is [var run, ..] ? run : null;
    }
}
