using Bascule.Core.Runs;

namespace Bascule.Server.Console;

/// <summary>One line of the timeline, drawn from its own time to the next one's on a scale of 1000.</summary>
public sealed record TimelineStep(TimelineEntry Entry, string Tone, double From, double Width)
{
    private const double Scale = 1000;
    private const double Narrowest = 6;

    public static IReadOnlyList<TimelineStep> Of(
        Run run,
        IReadOnlyList<TimelineEntry> timeline,
        DateTimeOffset start,
        DateTimeOffset now
    )
    {
        if (timeline.Count == 0)
            return [];
        var last = timeline[^1].At;
        var end = run.IsFinal ? Later(run.FinishedAt ?? last, last) : Later(now, last);
        var seconds = Math.Max(0.001, (end - start).TotalSeconds);
        var steps = new List<TimelineStep>(timeline.Count);
        for (var i = 0; i < timeline.Count; i++)
        {
            var until = i + 1 < timeline.Count ? timeline[i + 1].At : end;
            var from = Math.Clamp((timeline[i].At - start).TotalSeconds / seconds * Scale, 0, Scale - Narrowest);
            var width = Math.Clamp((until - timeline[i].At).TotalSeconds / seconds * Scale, Narrowest, Scale - from);
            steps.Add(new TimelineStep(timeline[i], ToneOf(run, i == timeline.Count - 1), from, width));
        }
        return steps;
    }

    // What was reached is good; the last step carries the run's own tone.
    private static string ToneOf(Run run, bool isLast) => isLast ? Show.Tone(run.State) : "good";

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
