using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Platforms;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Core.Workflows;
using Bascule.Server.Promotions;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Promotions;

/// <summary>A world in which runs of main produce versions of one model, and production may be moved.</summary>
internal sealed class PromotionWorld(ServerWorld world) : IAsyncDisposable
{
    public const string Model = "main.churn.classifier";
    public const string Alias = "production";
    public static readonly PromotionPlace Place = new("ml-prod", Model, Alias);
    private const string Asker = "person:p-asker";

    public ServerWorld World => world;

    public string? Promoted => world.Platform.Aliases.GetValueOrDefault((Model, Alias));

    public static async Task<PromotionWorld> OpenAsync(Func<EnvironmentRule, EnvironmentRule>? rules = null) =>
        new(await ServerWorld.OpenAsync(rules: rule => (rules ?? (same => same))(rule with { Promotes = [Alias] })));

    public static EnvironmentRule Approved(EnvironmentRule rule) =>
        rule.Name == "ml-prod" && rule.Approvals is null
            ? rule with
            {
                Approvals = new ApprovalPolicy(1, [Selector.Parse("group:ml-leads").Value]),
            }
            : rule;

    /// <summary>A run of a new commit that has succeeded, produced this version, and was attested.</summary>
    public async Task<Run> ProduceAsync(char digit, string version)
    {
        var run = await EndAsync(digit, version, PlatformRunState.Succeeded);
        await world.DrainAsync("attest");
        return run;
    }

    /// <summary>The same without its attestation.</summary>
    public async Task<Run> EndAsync(char digit, string version, PlatformRunState state)
    {
        await world.QueueAsync(digit);
        await world.DrainAsync("run.start");
        var run = (await world.RunsAsync())[0];
        run.State.ShouldBe(RunState.Started, run.Reason);
        world.Platform.Observation = new Observation(state, null, null, null);
        world.Platform.Results = new RunResults([], [new ModelVersion(Model, version, null)], []);
        await world.DrainAsync("run.observe");
        return await world.FindAsync(run);
    }

    public Task<Result<Run>> AskAsync(Run producer, string version, string alias = Alias, string by = Asker) =>
        world
            .Get<Promoting>()
            .AskAsync(producer, new PromotionWish(Model, version, alias, by, Because: "it is better"), default);

    public async Task<Run> PromoteAsync(Run producer, string version)
    {
        var asked = await AskAsync(producer, version);
        asked.Problem.ShouldBeNull();
        return await FinishAsync(asked.Value);
    }

    public Task<Result<Run>> AskBackAsync(long seen, string because = "it forgets people") =>
        world.Get<GoingBack>().AskAsync(Place, seen, because, "person:p-approver", default);

    public async Task<Run> GoBackAsync(long seen)
    {
        var asked = await AskBackAsync(seen);
        asked.Problem.ShouldBeNull();
        return await FinishAsync(asked.Value);
    }

    public async Task<Run> FinishAsync(Run run)
    {
        await world.DrainAsync("run.start");
        await world.DrainAsync("run.observe");
        await world.DrainAsync("attest");
        return await world.FindAsync(run);
    }

    public Task<IReadOnlyList<Promotion>> HistoryAsync() =>
        world.Storage.Promotions.ReadHistoryAsync(Place, 100, default);

    public async Task RefuseAsync(Run producer, string version, string said, string alias = Alias)
    {
        var before = world.Platform.Calls.Count;
        var asked = await AskAsync(producer, version, alias);

        asked.Problem.ShouldNotBeNull().Message.ShouldContain(said);
        world.Platform.Calls.Count.ShouldBe(before);
        (await world.RunsAsync()).ShouldNotContain(run => run.Promotes != null);
    }

    public ValueTask DisposeAsync() => world.DisposeAsync();
}
