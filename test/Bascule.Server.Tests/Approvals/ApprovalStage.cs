using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Approvals;

/// <summary>A repository of two projects; production asks for approvals of <c>churn</c>, which is all that runs.</summary>
internal static class ApprovalStage
{
    public const string Head = "refs/pull/1/head";

    public const string File = """
        workflows:
          churn:
            root: churn
            on:
              push: { branches: ["**"], paths: ["**"], environment: ml-prod }
            lab: { run: train.py }
        """;

    public static readonly Selector Leads = Selector.Parse("group:ml-leads").Value;

    public static Task<ServerWorld> OpenAsync(
        int required = 1,
        Func<ApprovalPolicy, ApprovalPolicy>? change = null,
        bool proven = false,
        FakeForge? forge = null
    ) =>
        ServerWorld.OpenAsync(
            forge,
            rules: rule =>
                rule.Name == "ml-prod"
                    ? rule with
                    {
                        Approvals = (change ?? (policy => policy))(new ApprovalPolicy(required, [Leads])),
                        DemandsProven = proven,
                    }
                    : rule
        );

    public static Actor ActorOf(this ServerWorld world, Person person) =>
        new(person.Type, person.Uid)
        {
            Subject = person.Subject,
            Name = person.Name,
            Groups = person.Groups,
            AuthenticatedAt = world.Clock.GetUtcNow(),
        };

    public static Task<Result<Run>> GiveAsync(this ServerWorld world, Run run, Person person, string? comment = null) =>
        world.Get<IApprovals>().GiveAsync(run.Id, world.ActorOf(person), comment, default);

    public static async Task<Run> ApproveAsync(this ServerWorld world, Run run, Person person)
    {
        var given = await world.GiveAsync(run, person);
        given.Problem.ShouldBeNull();
        return given.Value;
    }

    /// <summary>A push of a commit on top of another one; the run that it leads to, if it leads to one.</summary>
    public static async Task<Run> PushAsync(
        this ServerWorld world,
        char digit,
        CommitId? parent,
        params (string Path, string Text)[] files
    )
    {
        var tip = world.Mirror.Commit(
            ServerWorld.Main,
            digit,
            parent,
            parent is null ? [(".bascule.yaml", File), .. files] : files
        );
        await world.HearAsync(Hints.Push(tip));
        return (await world.RunsAsync())[0];
    }

    /// <summary>Points main back at a commit that was there before.</summary>
    public static async Task<Run> ForceAsync(this ServerWorld world, CommitId tip)
    {
        world.Mirror.Point(ServerWorld.Main, tip);
        await world.HearAsync(Hints.Push(tip));
        return (await world.RunsAsync())[0];
    }

    public static async Task HearAsync(this ServerWorld world, ForgeEvent happened)
    {
        await world.DeliverAsync(happened);
        await world.DrainAsync("event");
    }

    /// <summary>Main with churn at 1, heard of; and a pull request that makes it 2.</summary>
    public static async Task<(CommitId Base, Run Proposed)> ProposeAsync(this ServerWorld world)
    {
        var start = await world.PushAsync('a', null, ("churn/train.py", "1"), ("other/x", "1"));
        world.Mirror.Commit(Head, 'b', start.Commit, ("churn/train.py", "2"));
        await world.HearAsync(Hints.Pull(PullRequestAction.Opened, FakeMirror.Id('b')));
        return (start.Commit, await world.ProposedAsync());
    }

    public static async Task<Run> ProposedAsync(this ServerWorld world) =>
        (await world.RunsAsync()).First(run => run is { OnMerge: true, PullRequest: 1 });

    public static Task<IReadOnlyList<Approval>> GivenAsync(this ServerWorld world, Run run) =>
        world.Storage.Approvals.ReadAsync(run.Id, default);

    /// <summary>Why each approval of the run does not count any more.</summary>
    public static async Task<IReadOnlyList<string?>> VoidAsync(this ServerWorld world, Run run) =>
        [.. (await world.GivenAsync(run)).Select(approval => approval.VoidedBecause)];

    public static async Task<int> StartsAsync(this ServerWorld world) => (await world.DueAsync("run.start")).Count;
}
