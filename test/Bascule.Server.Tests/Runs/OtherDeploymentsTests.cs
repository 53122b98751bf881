using Bascule.Core.Forges;
using Bascule.Core.Platforms;
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

        var beside = await _drift
            .World.Get<OtherDeployments>()
            .BesideAsync(_drift.Deployed with { Workflow = "second" }, _drift.Environment, default);
        beside.Select(one => one.Workflow).ShouldBe(["churn"], "which the file has");
    }

    private Task<IReadOnlyList<OtherDeployment>> BesideAsync() =>
        _drift.World.Get<OtherDeployments>().BesideAsync(_drift.Deployed, _drift.Environment, default);

    private Task KnowAsync(string owner) =>
        _drift.World.ApplyAsync(
            new SaveRepository(Other, ServerWorld.Repository with { Id = Other.Id, Owner = owner, Name = "other" })
        );
}
