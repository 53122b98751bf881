using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Runs;

/// <summary>The rows by which a run moves. Starts keep the order of their ref; polls and cancels sit in lanes of their own and block nobody.</summary>
internal static class RunWork
{
    public const string StartKind = "run.start";
    public const string ObserveKind = "run.observe";
    public const string CancelKind = "run.cancel";

    /// <summary>Uploads take long: a repository with many of them leaves places to others. Polls and cancels are short, and nobody's share.</summary>
    public static Change Start(Run run, DateTimeOffset now) =>
        new AddWork(
            new NewWork(StartLaneOf(run), StartKind, run.Id.Text, now, Once: true) { Share = run.Repository.ToString() }
        );

    /// <summary>A rollback waits behind no run that is still to start, and a promotion behind no training; behind a reproduction nobody waits.</summary>
    public static string StartLaneOf(Run run) =>
        run.IsRollback ? $"start:{run.Repository}:rollback:{run.Environment}"
        : run.Promotes is not null ? $"start:{run.Repository}:promote:{run.Environment}"
        : run.IsReproduction ? $"start:{run.Repository}:{run.Trigger}:{run.Environment}"
        : $"start:{run.Repository}:{run.Ref}:{run.Workflow}:{run.Environment}";

    public static Change Observe(Run run, DateTimeOffset due) => Add($"run:{run.Id}", ObserveKind, run, due);

    public static Change Cancel(Run run, DateTimeOffset now) => Add($"cancel:{run.Id}", CancelKind, run, now);

    private static AddWork Add(string lane, string kind, Run run, DateTimeOffset due) =>
        new(new NewWork(lane, kind, run.Id.Text, due, Once: true));
}
