using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Events;

/// <summary>Writes into the timeline of each run that it follows from rewritten history (THREATS T106).</summary>
internal static class RewriteNote
{
    public static IEnumerable<Change> For(RefUpdate update, IReadOnlyList<Change> planned) =>
        update.Move == RefMove.Rewritten
            ? planned
                .OfType<AddRun>()
                .Select(add => new AddTimeline(add.Run.Id, new TimelineEntry(update.At, "ref", Words(update))))
            : [];

    private static string Words(RefUpdate update) =>
        update.Before is { } before
            ? $"history rewritten: {update.Ref.ShortName} was at {before.Short}, from which it does not follow any more"
            : $"history rewritten: {update.Ref.ShortName} was deleted and made again elsewhere";
}
