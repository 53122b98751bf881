using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Platforms;

/// <summary>What a connector must do whose platform has names that lead to versions of models: the role <see cref="IPromotesModels"/>.</summary>
public abstract class PromotingConformance(PlatformStage stage, ITrains trains, IPromotes promotes)
{
    private readonly RecordingAudit _audit = new();
    private readonly string _alias = "a" + Guid.NewGuid().ToString("n")[..8];

    [Fact]
    public async Task AnAliasLeadsToOneVersionAtATime()
    {
        var role = Connect();
        var (first, second) = (await TrainAsync(), await TrainAsync());
        (await ReadAsync(role)).ShouldBeNull();

        (await MoveAsync(role, first)).Problem.ShouldBeNull();
        (await ReadAsync(role)).ShouldBe(first);
        (await MoveAsync(role, second)).Problem.ShouldBeNull();

        (await ReadAsync(role)).ShouldBe(second);
    }

    [Fact]
    public async Task MovingItThereOnceMoreChangesNothing()
    {
        var role = Connect();
        var version = await TrainAsync();
        await MoveAsync(role, version);

        (await MoveAsync(role, version)).Problem.ShouldBeNull();

        (await ReadAsync(role)).ShouldBe(version);
    }

    [Fact]
    public async Task AMoveWhoseAnswerWasLostIsMadeByTheNextTry()
    {
        var role = Connect();
        var (first, second) = (await TrainAsync(), await TrainAsync());
        await MoveAsync(role, first);
        var lost = promotes.LoseNextMove();

        await MoveAsync(role, second);
        lost().ShouldBeTrue();
        (await MoveAsync(role, second)).Problem.ShouldBeNull();

        (await ReadAsync(role)).ShouldBe(second);
    }

    [Fact]
    public async Task ItIsTakenAwayAlsoWhenItIsGoneAlready()
    {
        var role = Connect();
        await MoveAsync(role, await TrainAsync());

        (await MoveAsync(role, null)).Problem.ShouldBeNull();
        (await ReadAsync(role)).ShouldBeNull();
        (await MoveAsync(role, null)).Problem.ShouldBeNull();

        (await ReadAsync(role)).ShouldBeNull();
    }

    [Fact]
    public async Task AVersionThatThereIsNotIsNotFoundAndNothingIsMoved()
    {
        var role = Connect();
        var version = await TrainAsync();
        await MoveAsync(role, version);

        var moved = await MoveAsync(role, "987654");

        moved.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.NotFound);
        (await ReadAsync(role)).ShouldBe(version);
    }

    [Fact]
    public async Task WhoIsLetInNowhereMovesNothing()
    {
        var role = Connect();
        var version = await TrainAsync();

        var moved = await role.MoveAsync(CallOf(stage.Stranger), version, default);

        moved.Problem.ShouldNotBeNull().IsTransient.ShouldBeFalse(moved.Problem!.Message);
        (await ReadAsync(role)).ShouldBeNull();
    }

    [Fact]
    public async Task EachMoveIsWrittenDownBeforeItIsMadeWithoutASecret()
    {
        var role = Connect();
        var version = await TrainAsync();

        await MoveAsync(role, version);

        _audit.Operations.ShouldContain(promotes.MoveOperation);
        var text = string.Join('\n', _audit.Entries);
        foreach (var secret in stage.Secrets)
            text.ShouldNotContain(secret);
    }

    [Fact]
    public async Task NothingIsMovedThatCannotBeWrittenDown()
    {
        var role = Connect();
        var version = await TrainAsync();
        _audit.Failing = Problem.Unavailable("the log is full");

        (await MoveAsync(role, version)).Problem.ShouldNotBeNull();

        _audit.Failing = null;
        (await ReadAsync(role)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("a/b")]
    [InlineData("pro duction")]
    public void NamesThatCannotBeUsedAreRefused(string alias)
    {
        Connect().FaultOf(alias).ShouldNotBeNull();
        Connect().FaultOf("production").ShouldBeNull();
    }

    private IPromotesModels Connect() => (IPromotesModels)stage.Connect();

    private PromotionCall CallOf(IRunIdentity identity) =>
        new(trains.Model, _alias, "ml-test", stage.Environment, identity, _audit);

    private async Task<string?> ReadAsync(IPromotesModels role)
    {
        var read = await role.ReadAsync(CallOf(stage.Identity), default);
        read.Problem.ShouldBeNull();
        return read.Value;
    }

    private Task<Result<Done>> MoveAsync(IPromotesModels role, string? version) =>
        role.MoveAsync(CallOf(stage.Identity), version, default);

    /// <summary>The version that a run of its own produced.</summary>
    private async Task<string> TrainAsync()
    {
        var platform = stage.Connect();
        var run = stage.NewRun(trains.Training);
        (await run.StartAsync(platform)).Problem.ShouldBeNull();
        (await run.WatchToEndAsync(platform)).State.ShouldBe(PlatformRunState.Succeeded);
        var results = (await ((IRunResults)platform).ReadResultsAsync(run.Started, default)).Value;
        return results.Models.ShouldHaveSingleItem().Version;
    }
}
