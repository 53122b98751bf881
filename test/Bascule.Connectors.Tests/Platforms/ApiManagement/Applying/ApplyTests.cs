using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Applying;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Core;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Tests.OpenApi;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Applying;

/// <summary>What becomes of a service, on the simulator.</summary>
public sealed class ApplyTests
{
    [Fact]
    public async Task TheServiceBecomesWhatTheCommitWantsAndStaysIt()
    {
        await using var stage = await ApimStage.StartAsync();
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);

        var ended = await publication.RunAsync();

        (ended.Undoing, ended.Left.Count).ShouldBe((null, 0));
        (await stage.CompareAsync(Shop.Wanted(), [])).Changes.Value.Changes.ShouldBeEmpty();
        var state = stage.Simulator.State;
        state.Keys.ShouldNotContain(path => path.StartsWith("apis/old", StringComparison.Ordinal));
        state.Keys.ShouldNotContain("policyFragments/gone");
        var live = await stage.LookAsync(Shop.Petstore, Shop.Orders);
        (live.CurrentRevision(Shop.Petstore), live.CurrentRevision(Shop.Orders)).ShouldBe((2, 2));
        ArmDescriptions.ApiManagement.Faults(stage.Simulator.Exchanges).ShouldBeEmpty();
    }

    [Fact]
    public async Task NothingChangesWhereNothingDiffers()
    {
        await using var stage = await ApimStage.StartAsync();
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        await publication.RunAsync();
        var before = stage.Simulator.WriteCount;

        (await new Publication(stage).PrepareAsync(Shop.Wanted(), [])).ShouldBeEmpty();

        stage.Simulator.WriteCount.ShouldBe(before);
    }

    [Fact]
    public async Task AtMostThreeWritesAreMadeForEachChange()
    {
        await using var stage = await ApimStage.StartAsync();
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        var changes = (await stage.CompareAsync(Shop.Wanted(), Shop.Deployed)).Changes.Value.Changes.Count;

        await publication.RunAsync();

        changes.ShouldBeGreaterThan(10);
        stage.Simulator.WriteCount.ShouldBeLessThanOrEqualTo(3 * changes);
    }

    /// <summary>Every point at which a write can fail, and every way: what passes is gone on from, what does not is taken back; never half (THREATS T137).</summary>
    [Theory]
    [Trait("Threat", "T137")]
    [MemberData(nameof(Failures))]
    public async Task AFailedWriteIsGoneOnFromOrEverythingIsAsItWas(WriteFailure failure, int times)
    {
        var writes = await CountAsync();
        writes.ShouldBeGreaterThan(15);
        for (var ordinal = 1; ordinal <= writes; ordinal++)
        {
            await using var stage = await ApimStage.StartAsync(options => options with { OperationPolls = 0 });
            Shop.Furnish(stage.Simulator.Portal);
            var before = stage.Picture();
            var publication = new Publication(stage);
            await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
            for (var more = 0; more < times; more++)
                stage.Simulator.FailWrite(ordinal + more, failure);

            var ended = await publication.RunAsync();

            if (ended.Undoing is null)
                (await stage.CompareAsync(Shop.Wanted(), [])).Changes.Value.Changes.ShouldBeEmpty($"write {ordinal}");
            else
                stage.DifferencesTo(before).ShouldBeEmpty($"write {ordinal}: {ended.Undoing}");
            ended.Left.ShouldBeEmpty($"write {ordinal}");
            (times > 1).ShouldBe(ended.Undoing is not null, $"write {ordinal}");
        }
    }

    /// <summary>Each kind: nothing happened and it passes, nothing happened and it does not, it happened and the answer is lost or says otherwise.</summary>
    public static TheoryData<WriteFailure, int> Failures =>
        new()
        {
            { WriteFailure.Conflict, 1 },
            { WriteFailure.LostBefore, 1 },
            { WriteFailure.LostAfter, 1 },
            { WriteFailure.InternalAfter, 1 },
            { WriteFailure.PreconditionFailed, 1 },
            { WriteFailure.PreconditionFailed, 2 },
        };

    /// <summary>The look after it finds nothing yet, and the write after that look comes too late.</summary>
    [Fact]
    [Trait("Threat", "T137")]
    public async Task AnOperationThatGoesOnAfterItsAnswerWasLostIsNotTakenForSomebodyElses()
    {
        var writes = await CountAsync();
        for (var ordinal = 1; ordinal <= writes; ordinal++)
        {
            var clock = new HastyTime();
            clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow());
            await using var stage = await ApimStage.StartAsync(options =>
                options with
                {
                    OperationPolls = 1,
                    OperationTakes = TimeSpan.FromMinutes(2),
                    TimeProvider = clock,
                }
            );
            Shop.Furnish(stage.Simulator.Portal);
            var publication = new Publication(stage);
            await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
            var lost = ordinal;
            stage.Simulator.FailWrite(lost, WriteFailure.LostAfter);
            stage.Simulator.OnRequest = (method, _) =>
            {
                if (method != "GET" && stage.Simulator.WriteCount == lost + 1)
                    clock.Advance(TimeSpan.FromMinutes(3));
                return Task.CompletedTask;
            };

            var ended = await publication.RunAsync();

            ended.Undoing.ShouldBeNull($"write {ordinal}");
            (await stage.CompareAsync(Shop.Wanted(), [])).Changes.Value.Changes.ShouldBeEmpty($"write {ordinal}");
        }
    }

    /// <summary>The way back is broken at every point too: it is gone on with.</summary>
    [Fact]
    [Trait("Threat", "T137")]
    public async Task AWayBackThatIsInterruptedIsGoneOnWith()
    {
        var writes = await CountAsync();
        for (var ordinal = 1; ordinal <= writes; ordinal++)
        {
            await using var stage = await ApimStage.StartAsync(options => options with { OperationPolls = 0 });
            Shop.Furnish(stage.Simulator.Portal);
            var before = stage.Picture();
            var publication = new Publication(stage);
            await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
            await publication.RunAsync();
            publication.Undo("somebody went back");
            stage.Simulator.FailWrite(ordinal, WriteFailure.LostAfter);

            var ended = await publication.RunAsync();

            ended.Left.ShouldBeEmpty($"write {ordinal}");
            stage.DifferencesTo(before).ShouldBeEmpty($"write {ordinal}");
        }
    }

    /// <summary>A crash would make it go forward again.</summary>
    [Fact]
    [Trait("Threat", "T137")]
    public async Task NothingIsTakenBackBeforeItIsWrittenDownThatItIs()
    {
        await using var stage = await ApimStage.StartAsync(options => options with { OperationPolls = 0 });
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage) { Unwritten = Problem.Unavailable("the disk is full") };
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        stage.Simulator.FailWrite(8, WriteFailure.PreconditionFailed);
        stage.Simulator.FailWrite(9, WriteFailure.PreconditionFailed);

        (await publication.LookAsync()).Problem.ShouldNotBeNull().Message.ShouldBe("the disk is full");

        stage.Simulator.WriteCount.ShouldBe(9, "the last two were refused");
        publication.Unwritten = null;
        (await publication.RunAsync()).Undoing.ShouldBeNull();
    }

    /// <summary>What a document brought cannot be compared: by the mark of the revision it is known as ours.</summary>
    [Fact]
    [Trait("Threat", "T137")]
    public async Task AnImportWhoseAnswerWasLostIsAskedForAgain()
    {
        var nine = ApimAddress.Of(ApimKind.Api, "petstore;rev=9");
        var wanted = Shop.Information("petstore", "animals");
        wanted["apiRevision"] = "9";
        ApimResource[] all =
        [
            .. Shop.Wanted(),
            Shop.Resource(nine, wanted) with
            {
                Specification = Shop.Specification("get"),
            },
        ];
        await using var stage = await ApimStage.StartAsync(options => options with { OperationPolls = 0 });
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(all, Shop.Deployed);
        stage.Simulator.Inject(Fault.AbortAfter("PUT", "petstore;rev=9$"));

        (await publication.LookAsync()).Problem.ShouldNotBeNull().IsTransient.ShouldBeTrue();

        (await publication.RunAsync()).Undoing.ShouldBeNull();
    }

    /// <summary>T141's other half: what somebody else has done meanwhile is theirs.</summary>
    [Fact]
    public async Task WhatSomebodyElseChangedMeanwhileIsNotOverwritten()
    {
        await using var stage = await ApimStage.StartAsync();
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        stage.Simulator.Portal.Put(
            "backends/pets",
            """{"properties":{"url":"https://by-hand.example.com","protocol":"http"}}"""
        );
        var before = stage.Picture();

        var ended = await publication.RunAsync();

        ended.Undoing.ShouldNotBeNull().ShouldContain("somebody else has changed backends/pets");
        stage.DifferencesTo(before).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatSomebodyElseMadeOrRemovedMeanwhileIsTheirsToo()
    {
        const string fragment = """{"properties":{"format":"rawxml","value":"<fragment />"}}""";
        await using var stage = await ApimStage.StartAsync();
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        stage.Simulator.Portal.Put("policyFragments/common", fragment);
        (await publication.RunAsync()).Undoing.ShouldNotBeNull().ShouldContain("policyFragments/common since the plan");
        stage.Simulator.Portal.Delete("policyFragments/common");

        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        stage.Simulator.Portal.Delete("backends/pets");
        (await publication.RunAsync()).Undoing.ShouldNotBeNull().ShouldContain("backends/pets since the plan");

        stage.Simulator.State.Keys.ShouldNotContain("backends/pets");
    }

    [Fact]
    public async Task ARevisionThatSomebodyElseReleasedMeanwhileStaysTheCurrentOne()
    {
        await using var stage = await ApimStage.StartAsync();
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        ReleaseByHand(stage, revision: 7);

        var ended = await publication.RunAsync();

        ended.Undoing.ShouldNotBeNull().ShouldStartWith("somebody else has changed apis/petstore since the plan");
        (await stage.LookAsync(Shop.Petstore)).CurrentRevision(Shop.Petstore).ShouldBe(7);
    }

    /// <summary>It was never made by this deployment: somebody took the number first.</summary>
    [Fact]
    public async Task ARevisionOfSomebodyElseIsNotDeletedWhenItIsTakenBack()
    {
        await using var stage = await ApimStage.StartAsync();
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        MakeByHand(stage, revision: 2);

        var ended = await publication.RunAsync();

        ended.Undoing.ShouldNotBeNull().ShouldContain("apis/petstore;rev=2 since the plan");
        stage.Simulator.State.Keys.ShouldContain("apis/petstore;rev=2");
    }

    [Fact]
    public async Task ARevisionThatCallersReachIsNotDeletedWhenItsReleaseCannotBeTakenBack()
    {
        await using var stage = await ApimStage.StartAsync();
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        await publication.RunAsync();
        publication.Undo("somebody went back");
        stage.Simulator.Inject(Fault.Answer("PUT", "petstore/releases", 400, "{}"));

        var ended = await publication.RunAsync();

        ended.Left.ShouldContain("somebody else has changed apis/petstore since; it is left as it is");
        (await stage.LookAsync(Shop.Petstore)).CurrentRevision(Shop.Petstore).ShouldBe(2);
    }

    [Fact]
    public async Task WhatSomebodyElseChangedSinceIsLeftWhenItIsTakenBack()
    {
        await using var stage = await ApimStage.StartAsync();
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        await publication.RunAsync();
        stage.Simulator.Portal.Put(
            "backends/pets",
            """{"properties":{"url":"https://by-hand.example.com","protocol":"http"}}"""
        );
        publication.Undo("somebody went back");

        var ended = await publication.RunAsync();

        ended.Left.ShouldHaveSingleItem().ShouldContain("somebody else has changed backends/pets since");
        stage.Picture()["backends/pets"].ShouldContain("by-hand");
        (await stage.LookAsync(Shop.Petstore)).CurrentRevision(Shop.Petstore).ShouldBe(1);
    }

    /// <summary>Callers meet the old or the new: while the new is made, the current revision stays what it was, and it is released whole.</summary>
    [Fact]
    [Trait("Threat", "T137")]
    public async Task AnApiIsNeverHalfTheOldAndHalfTheNew()
    {
        await using var stage = await ApimStage.StartAsync();
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        var steps = await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        var seen = new List<(int? Revision, string Operations, bool HasNewPolicy)>();
        foreach (var step in steps)
        {
            (
                await new StepMaking(stage.Client, stage.Session, publication.Written.Owner).MakeAsync(step, default)
            ).Problem.ShouldBeNull();
            var live = await stage.LookAsync(Shop.Petstore);
            seen.Add(
                (
                    live.CurrentRevision(Shop.Petstore),
                    string.Join(' ', live.Below(Shop.Petstore, ApimKind.Operation).Select(one => one.Name).Order()),
                    live.Find(Shop.Petstore.Below(ApimKind.ApiPolicy, ApimAddress.PolicyName))!
                        .ToJsonString()
                        .Contains("set-header", StringComparison.Ordinal)
                )
            );
        }

        seen.Distinct().ShouldBe([(1, "get-things", false), (2, "get-things post-things", true)]);
    }

    private static void MakeByHand(ApimStage stage, int revision)
    {
        var information = Shop.Information("petstore", "pets");
        information["apiRevision"] = $"{revision}";
        stage.Simulator.Portal.Put(
            $"apis/petstore;rev={revision}",
            new JsonObject { ["properties"] = information }.ToJsonString()
        );
    }

    private static void ReleaseByHand(ApimStage stage, int revision)
    {
        MakeByHand(stage, revision);
        var release = new JsonObject { ["apiId"] = $"/apis/petstore;rev={revision}" };
        stage.Simulator.Portal.Put(
            "apis/petstore/releases/by-hand",
            new JsonObject { ["properties"] = release }.ToJsonString()
        );
    }

    private static async Task<int> CountAsync()
    {
        await using var stage = await ApimStage.StartAsync(options => options with { OperationPolls = 0 });
        Shop.Furnish(stage.Simulator.Portal);
        var publication = new Publication(stage);
        await publication.PrepareAsync(Shop.Wanted(), Shop.Deployed);
        await publication.RunAsync();
        return stage.Simulator.WriteCount;
    }
}
