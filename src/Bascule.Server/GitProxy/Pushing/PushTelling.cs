using Bascule.Core.Runs;
using Bascule.Server.Reports;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>What was said of which run to one who pushed: nothing twice.</summary>
internal sealed class PushTelling(PushReply reply, PushRunText text, RunReports reports)
{
    private readonly Dictionary<RunId, Run> _told = [];

    public bool IsEmpty => _told.Count == 0;

    public bool IsOver => _told.Values.All(run => run.IsFinal);

    /// <summary>The runs that ended otherwise than they should, with how.</summary>
    public IReadOnlyList<string> Bad =>
        [
            .. _told
                .Values.Where(run => run.State is not (RunState.Succeeded or RunState.Planned))
                .Select(run => $"{PushRunText.Name(run)} {Words.State(run)}"),
        ];

    public async Task TellAsync(IReadOnlyList<Run> runs, CancellationToken cancellationToken)
    {
        foreach (var run in runs)
        {
            var known = _told.GetValueOrDefault(run.Id);
            if (known is not null && known.State == run.State && known.Reason == run.Reason)
                continue;
            _told[run.Id] = run;
            var report = await reports.ReadAsync(run, cancellationToken);
            foreach (var line in known is null ? text.Begin(report) : text.Next(report))
                await reply.SayAsync(line, cancellationToken);
        }
    }
}
