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

    [Theory]
    [InlineData("catalog: main, schema: churn,", "ml-dev")]
    [InlineData("catalog: dev,", "ml-prod")]
    public void AMergeMayPromoteWhatWasTrainedUnderTheSameNames(string dev, string from)
    {
        var (settings, problems) = _folder.Load(
            SettingsFolder
                .With(Place, $"{Place} pull_requests: true, promotes: [production], train_once: [{from}],")
                .Replace("catalog: dev,", dev, StringComparison.Ordinal)
        );

        problems.ShouldBeEmpty();
        settings!.FindEnvironment("ml-prod")!.Rule.TrainOnce.ShouldBe([from]);
        settings.FindEnvironment("ml-dev")!.Rule.TrainOnce.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("train_once: [ml-dev]", "environments.ml-prod.train_once: needs promotes")]
    [InlineData("promotes: [p], train_once: []", "environments.ml-prod.train_once: names nothing")]
    [InlineData("promotes: [p], train_once: [ml-new]", "names 'ml-new', which is not below environments")]
    [InlineData("promotes: [p], train_once: [ml-prod]", "names 'ml-prod', in which no pull request trains")]
    [InlineData(
        "promotes: [p], train_once: [ml-dev]",
        "names 'ml-dev', whose models have other names than those of this"
    )]
    public void AnythingElseThanTheSameNamesIsRefused(string written, string problem) =>
        _folder
            .Problems(SettingsFolder.With(Place, $"{Place} {written},"))
            .ShouldContain(line => line.Contains(problem));

    [Fact]
    public void AnEnvironmentWithoutBranchesHasNoMerges() =>
        _folder
            .Problems(
                SettingsFolder.With(
                    "schema: churn, repositories: [\"git:ml/*\"], branches: [main]",
                    "schema: churn, repositories: [\"git:ml/*\"], pull_requests: true, promotes: [p], train_once: [ml-prod]"
                )
            )
            .ShouldContain(line => line.Contains("has no branch whose merges could promote anything"));

    /// <summary>Their names are alike, and one workspace's versions are not the other's.</summary>
    [Fact]
    public void AnotherWorkspaceHasOtherModels() =>
        _folder
            .Problems(
                SettingsFolder
                    .With(Place, $"{Place} promotes: [p], train_once: [ml-dev],")
                    .Replace("platform: dbx, catalog: dev,", "platform: dbx2, catalog: main, schema: churn,")
                    .Replace(
                        "  af:\n",
                        "  dbx2: { kind: databricks, url: \"https://adb-2.azuredatabricks.net\", login: { federation: { client: \"1b2c\" } } }\n  af:\n"
                    )
            )
            .ShouldHaveSingleItem()
            .ShouldContain("whose models have other names than those of this environment");

    [Fact]
    public void AnotherSchemaIsAnotherModel() =>
        _folder
            .Problems(
                SettingsFolder
                    .With(Place, $"{Place} promotes: [p], train_once: [ml-dev],")
                    .Replace("catalog: dev,", "catalog: main, schema: other,", StringComparison.Ordinal)
            )
            .ShouldHaveSingleItem()
            .ShouldContain(
                "whose models have other names than those of this environment, and nothing copies a version"
            );

    [Fact]
    public void APlatformWithoutModelsRefusesTheKey() =>
        _folder
            .Problems(SettingsFolder.With("    drift: { every: 30m }\n", "    promotes: [production]\n"))
            .ShouldHaveSingleItem()
            .ShouldContain("environments.apis.promotes: is nothing that a platform of kind apim can do; remove it");
}
