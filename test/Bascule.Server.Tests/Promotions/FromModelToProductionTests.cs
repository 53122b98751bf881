using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Testing.Platforms;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.Promotions;

/// <summary>From a push to a promoted model and back, through the whole server and its API. Forge and workspace are simulated.</summary>
public sealed class FromModelToProductionTests : IAsyncLifetime
{
    private const string Model = "main.churn.classifier";
    private const string Settings = """
          ml-live:  { platform: dbx, catalog: main, repositories: ["git:ml/*"], branches: [main], promotes: [production] }

        """;
    private BasculeStage _stage = null!;

    public async Task InitializeAsync()
    {
        _stage = await BasculeStage.SetAsync(new StageOptions { MoreSettings = Settings });
        await _stage.StartInProcessAsync();
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    [Trait("Capability", "Models promoted")]
    public async Task AVersionIsPromotedAndTheNextOneAndARollbackBringsTheFirstBack()
    {
        var files = StageSource.Files.ToDictionary();
        files[".bascule.yaml"] = StageSource.Workflow.Replace("ml-prod", "ml-live", StringComparison.Ordinal);
        var repository = await _stage.CreateConnectedRepositoryAsync("churn", files);
        var (good, first) = await PushAsync(repository, "one");
        await PromoteAsync(good);
        (await AliasAsync()).ShouldBe(good.Version);
        var (bad, second) = await PushAsync(repository, "two");
        await PromoteAsync(bad);
        (await AliasAsync()).ShouldBe(bad.Version);

        var there = (
            await _stage.Client.ListPromotionsAsync("ml-live", default)
        ).Value.Promotions.ShouldHaveSingleItem();
        var back = await _stage.Client.RollBackAsync(there, "it forgets people", default);

        back.Problem.ShouldBeNull();
        (await EndAsync(back.Value)).State.ShouldBe(RunState.Succeeded);
        (await AliasAsync()).ShouldBe(good.Version);
        var now = (await _stage.Client.ListPromotionsAsync("ml-live", default)).Value.Promotions.ShouldHaveSingleItem();
        (now.Version, now.Commit, now.RolledBackBecause).ShouldBe((good.Version, first, "it forgets people"));
        var refused = await _stage.Client.PromoteAsync(bad, "production", because: null, default);
        refused.Problem!.Code.ShouldBe(ProblemCode.Denied);
        refused.Problem.Message.ShouldContain("was rolled back in environment 'ml-live' (it forgets people)");
        second.ShouldNotBe(first);
    }

    [Fact]
    public async Task WhatNoRunOfBasculeProducedIsNotThereToBePromoted()
    {
        var found = await _stage.Client.FindMadeVersionsAsync($"{Model}@99", default);
        var unclear = await _stage.Client.FindMadeVersionsAsync(Model, default);

        found.Value.Versions.ShouldBeEmpty();
        unclear.Problem!.Message.ShouldContain("is no version of a model");
    }

    /// <summary>What its run produced, once the run was attested.</summary>
    private async Task<(MadeVersionRecord Version, string Commit)> PushAsync(StageRepository repository, string text)
    {
        var commit = await repository.PushToMainAsync(text);
        var run = await _stage.WaitForRunAsync(
            commit,
            one => one.Run.Final && one.Timeline.Any(entry => entry.Step == "attest")
        );
        run.Run.State.ShouldBe(RunState.Succeeded, run.Run.Reason);
        var version = run.Run.Models.ShouldHaveSingleItem().Version;
        var made = await _stage.Client.FindMadeVersionsAsync($"churn.classifier@{version}", default);
        return (made.Value.Versions.ShouldHaveSingleItem(), commit);
    }

    private async Task PromoteAsync(MadeVersionRecord version)
    {
        var asked = await _stage.Client.PromoteAsync(version, "production", "it is better", default);
        asked.Problem.ShouldBeNull();
        asked.Value.Promotes.ShouldBe(new PromotesRecord(Model, version.Version, "production", version.Run));
        var run = await EndAsync(asked.Value);
        run.State.ShouldBe(RunState.Succeeded, run.Reason);
    }

    private async Task<RunSummary> EndAsync(RunSummary run) =>
        (
            await _stage.WaitForAsync(
                $"the end of run {run.Id}",
                async () =>
                    await _stage.Client.GetRunAsync(run.Id, default) is { Problem: null, Value.Run.Final: true } ended
                        ? ended.Value
                        : null
            )
        ).Run;

    /// <summary>As somebody who works there sees it.</summary>
    private async Task<string> AliasAsync()
    {
        using var colleague = SimulatedDatabricksStage.ColleagueOf(_stage.Databricks, _stage.Authority);
        using var answer = await colleague.GetAsync(
            $"/api/2.1/unity-catalog/models/{Model}/aliases/production",
            CancellationToken.None
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["version"]!.ToString();
    }
}
