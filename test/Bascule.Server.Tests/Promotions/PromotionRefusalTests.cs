using Bascule.Core.Deployments;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Tests.World;
using Microsoft.Data.Sqlite;

namespace Bascule.Server.Tests.Promotions;

/// <summary>What is not promoted. The permission is in <see cref="PromoteTests"/>.</summary>
public sealed class PromotionRefusalTests
{
    [Fact]
    public async Task AVersionThatTheRunDidNotProduceIsRefused()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");

        await lab.RefuseAsync(producer, "6", $"run {producer.Id} did not produce version 6");
    }

    [Fact]
    public async Task AVersionOfARunThatIsNotAttestedIsRefused()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.EndAsync('a', "7", PlatformRunState.Succeeded);

        await lab.RefuseAsync(producer, "7", $"run {producer.Id} is not attested");
    }

    [Fact]
    public async Task AVersionThatSomebodyWroteIntoTheDatabaseAfterTheRunWasAttestedIsRefused()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        await lab.World.ApplyAsync(
            new SaveResults(producer.Id, [], [new ModelVersion(PromotionWorld.Model, "66", null)])
        );

        await lab.RefuseAsync(producer, "66", "does not name version 66");
    }

    [Fact]
    public async Task AStatementThatNoKeyOfOursSignedIsRefused()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        await ForgeAsync(lab.World);

        await lab.RefuseAsync(producer, "7", "cannot be relied on: no signature is by one of the");
    }

    [Theory]
    [InlineData(PlatformRunState.Failed)]
    [InlineData(PlatformRunState.Canceled)]
    public async Task AVersionOfARunThatDidNotSucceedIsRefused(PlatformRunState state)
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.EndAsync('a', "7", state);
        await lab.World.DrainAsync("attest");

        await lab.RefuseAsync(producer, "7", $"run {producer.Id} did not succeed");
    }

    [Fact]
    public async Task AVersionOfAReproductionIsRefused()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        await lab.World.ApplyAsync(new SaveRun(producer with { Reproduces = new RunId("0123456789") }));

        await lab.RefuseAsync(
            await lab.World.FindAsync(producer),
            "7",
            $"run {producer.Id} reproduced run 0123456789: what it registered is evidence"
        );
    }

    [Fact]
    public async Task AVersionOfARunThatWasNotGoodEnoughIsRefused()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        await lab.World.ApplyAsync(new SaveRun(producer with { Shortfall = "rmse is 0.4, worse than 0.2 before" }));

        await lab.RefuseAsync(
            await lab.World.FindAsync(producer),
            "7",
            "was not good enough: rmse is 0.4, worse than 0.2 before"
        );
    }

    [Fact]
    public async Task AnAliasThatTheEnvironmentDoesNotNameIsRefusedWithTheRemedy()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");

        await lab.RefuseAsync(producer, "7", "environments.ml-prod.promotes: [champion]", alias: "champion");
    }

    [Fact]
    public async Task AnEnvironmentThatDoesNotTakeTheBranchAnyMorePromotesNothingOfIt()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");

        await lab.RefuseAsync(
            producer with
            {
                Ref = Core.Forges.RefName.Parse("refs/heads/try"),
            },
            "7",
            "does not take try of ml/churn any more"
        );
    }

    [Fact]
    public async Task ARunOfAnEnvironmentThatIsGoneIsRefused()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");

        await lab.RefuseAsync(producer with { Environment = "old" }, "7", "environment 'old' is not in bascule.yaml");
        await lab.RefuseAsync(producer with { Environment = null }, "7", "was only a plan");
    }

    [Fact]
    [Trait("Threat", "T138")]
    public async Task ACommitThatWasRolledBackThereIsRefusedAlsoWhenThatHappenedWhileItWaited()
    {
        await using var lab = await PromotionWorld.OpenAsync();
        var producer = await lab.ProduceAsync('a', "7");
        var asked = await lab.AskAsync(producer, "7");
        var place = new DeployPlace(producer.Repository, "ml-prod");
        await lab.World.ApplyAsync(
            new BlockCommit(new BlockedCommit(place, producer.Commit, "it forgets people", "person:p-x", default))
        );

        var late = await lab.FinishAsync(asked.Value);
        var again = await lab.AskAsync(producer, "7");

        late.State.ShouldBe(RunState.Failed);
        late.Reason.ShouldNotBeNull().ShouldContain("was rolled back in environment 'ml-prod' (it forgets people)");
        again.Problem!.Message.ShouldContain("was rolled back in environment 'ml-prod' (it forgets people)");
        lab.Promoted.ShouldBeNull();
    }

    /// <summary>As somebody with the database and no key could.</summary>
    private static async Task ForgeAsync(ServerWorld world)
    {
        await using var connection = new SqliteConnection($"Data Source={world.DatabaseFile};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            UPDATE attestation SET envelope = CAST(replace(CAST(envelope AS TEXT), '"sig":"', '"sig":"AAAA') AS BLOB)
            """;
        (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0);
    }
}
