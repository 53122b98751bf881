using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Runs;
using Bascule.Server.Tests.Drift;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Runs;

/// <summary>Who else has something on a platform.</summary>
[Trait("Threat", "T141")]
public sealed class OtherDeploymentsTests : IAsyncLifetime
{
    private static readonly RepositoryKey Other = ServerWorld.Churn with { Id = 8 };
    private DriftWorld _drift = null!;

    public async Task InitializeAsync() => _drift = await DriftWorld.OpenAsync();

    public async Task DisposeAsync() => await _drift.DisposeAsync();

    [Fact]
    public async Task AnotherRepositoryThatTheEnvironmentTakesIsNamedWithItsPlan()
    {
        await KnowAsync("ml");
        await _drift.DeployAsync('b', repository: Other);

        var other = (await BesideAsync()).ShouldHaveSingleItem();

        (other.Repository, other.Workflow, other.Environment).ShouldBe(("git:ml/churn", "churn", "ml-prod"));
        other.Plan.ShouldBe("""{"kind":"lab"}""");
    }

    [Fact]
    public async Task OneThatTheEnvironmentTakesNoMoreHasNothingThere()
    {
        await _drift.DeployAsync('b', repository: Other);
        (await BesideAsync()).ShouldBeEmpty("nobody knows the repository any more");

        await KnowAsync("elsewhere");
        (await BesideAsync()).ShouldBeEmpty("the environment takes it no more");
    }

    [Fact]
    public async Task AWorkflowIsNoOtherThanItselfAndOneThatWasDroppedIsGone()
    {
        await _drift.DeployAsync('b');
        (await BesideAsync()).ShouldBeEmpty("its own earlier run");

        await _drift.DeployAsync('c', workflow: "dropped");
        (await BesideAsync()).ShouldBeEmpty("the file has no such workflow");

        var beside = await BesideAsync(_drift.Deployed with { Workflow = "second" });
        beside.Select(one => one.Workflow).ShouldBe(["churn"], "which the file has");
    }

    [Fact]
    public async Task OfAPullRequestTheFileOfItsBaseDecides()
    {
        var head = _drift.World.Mirror.Commit(
            "refs/heads/dana",
            'd',
            null,
            (
                ".bascule.yaml",
                "workflows:\n  second: { on: { push: { branches: [main], environment: ml-prod } }, lab: { run: train.py } }\n"
            ),
            ("train.py", "print(1)")
        );
        var second = _drift.Deployed with { Workflow = "second", Commit = head };

        (await BesideAsync(second with { BaseCommit = _drift.Deployed.Commit }))
            .Select(one => one.Workflow)
            .ShouldBe(["churn"], "nobody drops another's workflow by a pull request");
        (await BesideAsync(second)).ShouldBeEmpty("the file has no such workflow");
    }

    [Fact]
    public async Task WhereTheFileCannotBeReadEveryWorkflowCounts()
    {
        await _drift.DeployAsync('b', workflow: "dropped");
        var broken = _drift.World.Mirror.Commit("refs/heads/dana", 'd', null, (".bascule.yaml", "workflows: ["));

        (await BesideAsync(_drift.Deployed with { Commit = broken })).Select(one => one.Workflow).ShouldBe(["dropped"]);
    }

    private Task<IReadOnlyList<OtherDeployment>> BesideAsync(Run run) =>
        _drift.World.Get<OtherDeployments>().BesideAsync(run, _drift.Environment, default);

    private Task<IReadOnlyList<OtherDeployment>> BesideAsync() => BesideAsync(_drift.Deployed);

    private Task KnowAsync(string owner) =>
        _drift.World.ApplyAsync(
            new SaveRepository(Other, ServerWorld.Repository with { Id = Other.Id, Owner = owner, Name = "other" })
        );
}
