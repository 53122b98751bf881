using Bascule.Connectors.Platforms.Databricks;
using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

/// <summary>What an environment's catalog keeps apart. The permission is in <see cref="DatabricksPromotingTests"/>.</summary>
public sealed class DatabricksAliasesTests(SimulatedDatabricksStage stage) : IClassFixture<SimulatedDatabricksStage>
{
    [Theory]
    [InlineData("prod.churn.classifier", """{"catalog":"dev"}""", "is not of catalog 'dev'")]
    [InlineData("dev.churn.classifier", """{"catalog":"de"}""", "is not of catalog 'de'")]
    [InlineData("classifier", "{}", "only models of Unity Catalog have aliases")]
    public async Task AModelThatIsNotOfTheEnvironmentsCatalogIsNeitherReadNorMoved(
        string model,
        string environment,
        string said
    )
    {
        var role = (IPromotesModels)stage.Connect();
        var call = new PromotionCall(
            model,
            "production",
            "ml-test",
            stage.EnvironmentOf(environment),
            stage.Identity,
            new RecordingAudit()
        );
        var calls = stage.Calls;

        (await role.ReadAsync(call, default)).Problem.ShouldNotBeNull().Message.ShouldContain(said);
        var moved = await role.MoveAsync(call, "1", default);

        (moved.Problem!.Code, stage.Calls).ShouldBe((ProblemCode.Denied, calls));
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("Latest")]
    [InlineData("v7")]
    [InlineData("V12")]
    public void ANameThatMeansAVersionToMlflowIsNoAlias(string alias) =>
        DatabricksAliases.FaultOf(alias).ShouldBe("means a version to MLflow, and cannot be an alias");

    [Theory]
    [InlineData("production")]
    [InlineData("version7")]
    [InlineData("v")]
    public void OtherNamesAre(string alias) => DatabricksAliases.FaultOf(alias).ShouldBeNull();
}
