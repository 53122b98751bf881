using Bascule.Cli.Commands;
using Bascule.Cli.Commands.Model;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>Which version, and which alias, is meant by what somebody wrote.</summary>
public sealed class ModelCommandTests
{
    private static readonly RollbackCommand.Choice Nothing = new(null, null, null);

    [Fact]
    public void AVersionThatOneRunProducedIsMeant()
    {
        var made = Made("main.churn.classifier", "ml-prod");

        ModelPromoteCommand.Choose([made], "classifier@7", environment: null).Value.ShouldBe(made);
        ModelPromoteCommand
            .Choose([made, Made("main.churn.classifier", "ml-dev")], "classifier@7", "ml-prod")
            .Value.ShouldBe(made);
    }

    [Fact]
    public void AVersionThatNoRunProducedIsRefused()
    {
        var refused = ModelPromoteCommand.Choose([Made("main.churn.classifier", "ml-dev")], "classifier@7", "ml-prod");

        refused.Problem!.Code.ShouldBe(ProblemCode.NotFound);
        refused.Problem.Message.ShouldContain("no run of Bascule that you may see produced classifier@7 in 'ml-prod'");
    }

    [Fact]
    public void AVersionThatMayBeSeveralIsAskedFor()
    {
        var refused = ModelPromoteCommand.Choose(
            [Made("main.churn.classifier", "ml-prod"), Made("main.fraud.classifier", "ml-prod")],
            "classifier@7",
            environment: null
        );

        refused.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        refused.Problem.Message.ShouldContain("main.churn.classifier in ml-prod or main.fraud.classifier in ml-prod");
    }

    [Fact]
    public void TheFirstAliasOfTheOnlyModelGoesBack()
    {
        PromotionRecord[] promoted = [Promoted("main.churn.classifier"), Promoted("main.churn.classifier", "champion")];

        var found = RollbackCommand.Choose("ml-prod", Nothing, [], promoted);
        var other = RollbackCommand.Choose("ml-prod", Nothing with { Alias = "champion" }, [], promoted);

        found.Value.Promotion.ShouldBe(promoted[0]);
        other.Value.Promotion.ShouldBe(promoted[1]);
    }

    [Fact]
    public void OfSeveralModelsOneHasToBeNamed()
    {
        PromotionRecord[] promoted = [Promoted("main.churn.classifier"), Promoted("main.fraud.detector")];

        var refused = RollbackCommand.Choose("ml-prod", Nothing, [], promoted);

        refused.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        refused.Problem.Message.ShouldContain("--model main.churn.classifier or --model main.fraud.detector");
        RollbackCommand
            .Choose("ml-prod", Nothing with { Model = "fraud.detector" }, [], promoted)
            .Value.Promotion.ShouldBe(promoted[1]);
    }

    [Fact]
    public void AnAliasThatWasTakenAwayIsNothingToGoBackFrom()
    {
        var refused = RollbackCommand.Choose(
            "ml-prod",
            Nothing,
            [],
            [Promoted("main.churn.classifier") with { Version = null }]
        );

        refused.Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [Fact]
    public void TextOfOthersReachesForNoTerminal() =>
        ModelListCommand
            .Text(new PromotionList([Promoted("main.\u001b[31mred") with { RolledBackBecause = "a\nb" }]))
            .ShouldNotContain('\u001b');

    private static MadeVersionRecord Made(string model, string environment) =>
        new(model, "7", environment, "0123456789", new string('a', 40));

    private static PromotionRecord Promoted(string model, string alias = "production") =>
        new()
        {
            Id = "id",
            Environment = "ml-prod",
            Model = model,
            Alias = alias,
            IsFirst = alias == "production",
            Version = "7",
            Generation = 1,
            Forge = "git",
            Repository = "ml/churn",
            Commit = new string('a', 40),
            Producer = "0123456789",
            Run = "9876543210",
            By = "person:p-x",
            MovedAt = DateTimeOffset.UnixEpoch,
        };
}
