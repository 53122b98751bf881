using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Core.Reconcile;
using Bascule.Server.Access;
using Bascule.Server.Connections;

namespace Bascule.Server.Reconcile;

/// <summary>The gap report by the names of the settings, for the console and the API.</summary>
internal sealed class ForgeOverview(IGapReport gaps, ForgeConnections forges, Sight sight, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromDays(7);

    /// <summary>Of the forges that they may see.</summary>
    public async Task<ForgeList> ReadAsync(Actor actor, CancellationToken cancellationToken)
    {
        var known = (await gaps.ReadAsync(time.GetUtcNow() - Window, cancellationToken)).ToDictionary(gap =>
            gap.ForgeUid
        );
        var seen = forges.All.Where(forge => sight.SeesForge(actor, forge.Name));
        return new ForgeList([.. seen.Select(forge => Record(forge, known.GetValueOrDefault(forge.Uid)))]);
    }

    /// <summary>The last of them is due after 90 % of the bound, and all of them may be due at once.</summary>
    internal static TimeSpan PromiseOf(ReconcileSettings settings, long repositories)
    {
        var worst =
            (settings.SweepWithin * 0.9) + TimeSpan.FromSeconds((double)repositories / settings.RequestsPerSecond);
        return worst > settings.SweepWithin ? worst : settings.SweepWithin;
    }

    private static ForgeRecord Record(ConnectedForge forge, ForgeGap? gap) =>
        new()
        {
            Name = forge.Name,
            Kind = forge.Forge.Kind,
            Url = forge.Forge.Url.ToString(),
            WindowHours = (long)Window.TotalHours,
            ByHook = Record(gap?.ByHook),
            ByReconciler = Record(gap?.ByReconciler),
            Rewritten = gap?.Rewritten ?? 0,
            Repositories = gap?.Repositories ?? 0,
            NeverCompared = gap?.NeverCompared ?? 0,
            Unanswered = gap?.Unanswered ?? 0,
            WithUnhandledPullRequests = gap?.WithUnhandledPullRequests ?? 0,
            Waiting = gap?.Waiting ?? 0,
            Requests = gap?.Round?.Requests ?? 0,
            LastRoundAt = gap?.Round?.EndedAt,
            SweepEndedAt = gap?.Round?.SweepEndedAt,
            OldestComparedAt = gap?.OldestComparedAt,
            SweepPromiseHours = Math.Round(PromiseOf(forge.Reconcile, gap?.Repositories ?? 0).TotalHours, 1),
        };

    private static SeenRecord Record(SeenMoves? seen) =>
        seen is null
            ? new SeenRecord(0, null, null, null)
            : new SeenRecord(seen.Count, seen.Median?.TotalSeconds, seen.P95?.TotalSeconds, seen.Longest?.TotalSeconds);
}
