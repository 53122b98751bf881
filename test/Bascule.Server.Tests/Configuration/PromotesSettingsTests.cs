namespace Bascule.Server.Tests.Configuration;

public sealed class PromotesSettingsTests : IDisposable
{
    private const string Place = "schema: churn,";
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NamesMayBeMovedInTheOrderInWhichTheyStand()
    {
        var (settings, problems) = _folder.Load(
            SettingsFolder.With(Place, $"{Place} promotes: [production, champion],")
        );

        problems.ShouldBeEmpty();
        settings!.FindEnvironment("ml-prod")!.Rule.Promotes.ShouldBe(["production", "champion"]);
    }

    [Fact]
    public void NothingMayBeMovedWhereNothingIsSaid()
    {
        var (settings, problems) = _folder.Load(SettingsFolder.Full);

        problems.ShouldBeEmpty();
        settings!.Environments.ShouldAllBe(one => one.Rule.Promotes.Count == 0);
    }

    [Theory]
    [InlineData("promotes: []", "environments.ml-prod.promotes: names nothing")]
    [InlineData("promotes: [a, a]", "names one twice")]
    [InlineData("promotes: [latest]", "'latest' means a version to MLflow")]
    [InlineData("promotes: [v7]", "'v7' means a version to MLflow")]
    [InlineData("promotes: [a/b]", "'a/b' is not letters, digits")]
    public void AnythingElseIsRefusedWithTheRemedy(string written, string problem) =>
        _folder
            .Problems(SettingsFolder.With(Place, $"{Place} {written},"))
            .ShouldHaveSingleItem()
            .ShouldContain(problem);

    [Fact]
    public void APlatformWithoutModelsRefusesTheKey() =>
        _folder
            .Problems(SettingsFolder.With("    drift: { every: 30m }\n", "    promotes: [production]\n"))
            .ShouldHaveSingleItem()
            .ShouldContain("environments.apis.promotes: is nothing that a platform of kind apim can do; remove it");
}
