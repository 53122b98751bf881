using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Reports;
using Bascule.Server.Tests.World;
using Bascule.Testing.Runs;

namespace Bascule.Server.Tests.Reports;

/// <summary>Runs and pull requests put straight into the database, and the rows that report on them.</summary>
internal static class ReportStage
{
    public static readonly CommitId Head = FakeMirror.Id('b');

    public static Run ARun(RunState state, int minutes = 0) =>
        RunBuilder.ARun(state, minutes) with
        {
            Repository = ServerWorld.Churn,
            Key = new IdempotencyKey(Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N")),
        };

    public static Run AHead(RunState state, int minutes = 0) =>
        ARun(state, minutes).OfPullRequest(1) with
        {
            Commit = Head,
            BaseCommit = FakeMirror.Id('a'),
        };

    public static PullRequest APull() =>
        new()
        {
            Repository = ServerWorld.Churn,
            Number = 1,
            Title = "Try alpha 0.2",
            Base = RefName.Parse(ServerWorld.Main),
            HeadBranch = "alpha",
            FromFork = false,
            State = PullRequestState.Open,
            Head = Head,
            UpdatedAt = RunBuilder.Noon,
        };

    public static async Task<Run> AddAsync(this ServerWorld world, Run run)
    {
        await world.ApplyAsync([new AddRun(run), .. ReportWork.For(run, world.Clock.GetUtcNow())]);
        return run;
    }

    /// <summary>Stores the run's new state with the rows that report it, as the run's own steps do.</summary>
    public static async Task<Run> TurnAsync(this ServerWorld world, Run run, RunState state, string? reason = null)
    {
        var turned = (await world.FindAsync(run)) with { State = state, Reason = reason };
        await world.ApplyAsync([new SaveRun(turned), .. ReportWork.For(turned, world.Clock.GetUtcNow())]);
        return await world.FindAsync(run);
    }

    public static WorkItem Row(string kind, string subject, int attempt = 0) =>
        new(1, "lane", kind, subject, attempt, DateTimeOffset.UnixEpoch);
}
