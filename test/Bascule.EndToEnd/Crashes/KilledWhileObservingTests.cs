using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Crashes;

/// <summary><c>kill -9</c> between the platform's run and the last word on the forge.</summary>
[Trait("Threat", "T133")]
public sealed class KilledWhileObservingTests(CrashStage crash) : IClassFixture<CrashStage>
{
    private const string Status = "/statuses/[0-9a-f]+$";
    private const string Ended = "/runs/get-output$";

    [Theory]
    [InlineData("the first poll", Side.Databricks, "GET", "/runs/get$", Moment.Before, null)]
    [InlineData("the first answer", Side.Databricks, "GET", "/runs/get$", Moment.After, null)]
    [InlineData("the output is read", Side.Databricks, "GET", Ended, Moment.Before, null)]
    [InlineData("the MLflow run is looked for", Side.Databricks, "POST", "/mlflow/runs/search$", Moment.Before, null)]
    [InlineData("the model version is read", Side.Databricks, "GET", "/models/[^/]+/versions$", Moment.Before, null)]
    [InlineData("the first status is posted", Side.Forge, "POST", Status, Moment.Before, null)]
    [InlineData("the first status has arrived", Side.Forge, "POST", Status, Moment.After, null)]
    [InlineData("the final status is posted", Side.Forge, "POST", Status, Moment.Before, Ended)]
    [InlineData("the final status has arrived", Side.Forge, "POST", Status, Moment.After, Ended)]
    [InlineData("the comment is posted", Side.Forge, "POST", "/comments$", Moment.Before, null)]
    [InlineData("the comment has arrived", Side.Forge, "POST", "/comments$", Moment.After, null)]
    [InlineData("the comment is edited at last", Side.Forge, "PATCH", "/comments/[0-9]+$", Moment.Before, Ended)]
    [InlineData("the last edit has arrived", Side.Forge, "PATCH", "/comments/[0-9]+$", Moment.After, Ended)]
    public async Task GoesOnWithOnePlatformRunWhenKilledAt(
        string step,
        Side side,
        string method,
        string path,
        Moment moment,
        string? after
    )
    {
        step.ShouldNotBeEmpty();

        await new CrashStory(crash).PlayAsync(new KillPoint(side, method, path, moment) { After = after });
    }
}
