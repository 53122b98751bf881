using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Api;
using Bascule.Core.Audit;
using Bascule.Core.Drift;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Server.Drift;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Deployments;

/// <summary>What somebody does by hand on a simulated API Management service, seen by the whole server.</summary>
public sealed class FromHandToDriftTests : IAsyncLifetime
{
    private const string Region = "namedValues/region";
    private const string Policy = "apis/pets/policies/policy";
    private ApimServerStage _apim = null!;

    private IServiceProvider Services => _apim.Stage.Services;

    private EnvironmentConnection Environment =>
        Services.GetRequiredService<EnvironmentConnections>().Find("apis-prod")!;

    public async Task InitializeAsync() => _apim = await ApimServerStage.StartAsync();

    public async Task DisposeAsync() => await _apim.DisposeAsync();

    [Fact]
    [Trait("Capability", "Drift")]
    public async Task AChangeByHandIsToldWithAddressAndFieldsUntilItIsPutBack()
    {
        await DeployAsync("north");
        var writes = _apim.Apim.WriteCount;
        SetRegion("by hand");
        _apim.Apim.Portal.Put(
            Policy,
            """{"properties":{"format":"rawxml","value":"<policies><inbound><base /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>"}}"""
        );

        await LookAsync();
        await LookAsync();

        var found = await ReadAsync();
        found.State.ShouldBe(DriftState.Found);
        found
            .Differences.Select(one => (one.What, one.How))
            .ShouldBe([(Policy, DifferenceKind.Added), (Region, DifferenceKind.Changed)]);
        found.Differences[1].Fields.ShouldBe(["value"]);
        (await EntriesAsync(AuditTypes.DriftFound)).ShouldBe(1);

        SetRegion("north");
        _apim.Apim.Portal.Delete(Policy);
        await LookAsync();

        (await ReadAsync()).State.ShouldBe(DriftState.None);
        (await EntriesAsync(AuditTypes.DriftEnded)).ShouldBe(1);
        _apim.Apim.WriteCount.ShouldBe(writes, "drift is told, never put right");
    }

    [Fact]
    public async Task TheNextDeploymentBringsItBack()
    {
        await DeployAsync("north");
        SetRegion("by hand");
        await LookAsync();
        (await ReadAsync()).State.ShouldBe(DriftState.Found);

        await DeployAsync("south");

        (await EntriesAsync(AuditTypes.DriftEnded)).ShouldBe(1);
        _apim.Apim.State[Region].Properties.ShouldContain("south");
    }

    [Fact]
    public async Task ARetryOfTheRunThatDeployedItBringsItBackToo()
    {
        var commit = await DeployAsync("north");
        SetRegion("by hand");

        var again = await _apim.Stage.Client.RetryRunAsync((await ReadAsync()).Run, default);

        again.Problem.ShouldBeNull();
        await EndAsync(commit);
        _apim.Apim.State[Region].Properties.ShouldContain("north");
    }

    [Fact]
    public async Task AServiceThatIsAwayIsToldAndNotTakenForOneThatIsAsItShouldBe()
    {
        await DeployAsync("north");
        _apim.Apim.GoOffline();

        await LookAsync();

        var away = await ReadAsync();
        away.State.ShouldBe(DriftState.Unknown);
        away.Problem.ShouldNotBeNullOrEmpty();
        away.ComparedAt.ShouldNotBeNull();

        _apim.Apim.Resume();
        await LookAsync();
        (await ReadAsync()).State.ShouldBe(DriftState.None);
    }

    [Fact]
    public async Task ADeploymentThatGoesOnIsNoDrift()
    {
        await DeployAsync("north");
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        _apim.Apim.OnRequest = async (method, _) =>
        {
            if (method != "PUT")
                return;
            begun.TrySetResult();
            await release.Task;
        };
        var commit = await _apim.PushAsync("south");
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(90));

        var changes = await FindAsync();

        changes.ShouldBeEmpty();
        _apim.Apim.OnRequest = null;
        release.SetResult();
        await EndAsync(commit);
        (await EntriesAsync(AuditTypes.DriftFound)).ShouldBe(0);
    }

    [Fact]
    [Trait("Threat", "T141")]
    public async Task TwoRepositoriesThatWriteToOneResourceAreNotLetTo()
    {
        await DeployAsync("north");
        var other = await _apim.Stage.CreateConnectedRepositoryAsync(
            "apis-too",
            new Dictionary<string, string> { ["README.md"] = "APIs\n" }
        );

        var refused = await _apim.Stage.WaitForRunAsync(await ApimServerStage.PushAsync(other, "south", "Take over"));

        refused.Run.State.ShouldBe(RunState.Refused);
        var reason = refused.Run.Reason.ShouldNotBeNull();
        reason.ShouldContain(Region);
        reason.ShouldContain("workflow 'publish' of git:ml/apis in environment 'apis-prod'");
        reason.ShouldContain("keep each resource in one place");
        _apim.Apim.State[Region].Properties.ShouldContain("north");
        // The one that has it goes on.
        await DeployAsync("west");
    }

    /// <summary>Returns when the row has seen that all is as it was deployed; within the hour it does not look again.</summary>
    private async Task<string> DeployAsync(string region)
    {
        var commit = await _apim.PushAsync(region);
        await EndAsync(commit);
        return commit;
    }

    private async Task EndAsync(string commit)
    {
        var run = await _apim.Stage.WaitForRunAsync(commit);
        run.Run.State.ShouldBe(RunState.Succeeded, run.Run.Reason);
        await _apim.Stage.WaitForAsync(
            "a comparison after the deployment",
            async () =>
            {
                await ApplyAsync([DriftHandler.RowOf(Environment, DateTimeOffset.UtcNow)]);
                var one = await ReadAsync();
                return one.Commit == commit && one.State == DriftState.None ? one : null;
            }
        );
    }

    private void SetRegion(string value) =>
        _apim.Apim.Portal.Put(
            Region,
            new JsonObject
            {
                ["properties"] = new JsonObject { ["displayName"] = "region", ["value"] = value },
            }.ToJsonString()
        );

    /// <summary>As if the hour were over.</summary>
    private async Task LookAsync() => await ApplyAsync(await FindAsync());

    private async Task<IReadOnlyList<Change>> FindAsync() =>
        await Services
            .GetRequiredService<DriftHandler>()
            .LookAsync(
                Environment,
                await Services.GetRequiredService<IDriftStore>().ListAsync("apis-prod", default),
                (_, _) => true,
                default
            );

    private async Task ApplyAsync(IReadOnlyList<Change> changes) =>
        (await Services.GetRequiredService<IWorkStore>().ApplyAsync(changes, default)).Problem.ShouldBeNull();

    private async Task<DriftRecord> ReadAsync()
    {
        var listed = await _apim.Stage.Client.ListDriftAsync("apis-prod", default);
        listed.Problem.ShouldBeNull();
        return listed.Value.Drift[0];
    }

    private async Task<int> EntriesAsync(string type) =>
        (await Services.GetRequiredService<IAuditLog>().ReadAsync(0, 5000, default)).Count(record =>
            (string)JsonNode.Parse(Encoding.UTF8.GetString(record.Entry.Span))!["type"]! == type
        );
}
