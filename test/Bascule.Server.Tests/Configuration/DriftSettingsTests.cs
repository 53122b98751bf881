namespace Bascule.Server.Tests.Configuration;

public sealed class DriftSettingsTests : IDisposable
{
    private const string Written = "    drift: { every: 30m }\n";
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("    drift: { every: 30m }\n", 30)]
    [InlineData("    drift: { every: 5m }\n", 5)]
    [InlineData("    drift: { every: 7d }\n", 7 * 24 * 60)]
    [InlineData("    drift: { every: never }\n", null)]
    [InlineData("", 60)]
    public void APlatformThatCanTellIsComparedEveryHourOrAsIsWritten(string written, int? minutes) =>
        EveryOf(SettingsFolder.With(Written, written), "apis").ShouldBe(minutes);

    [Fact]
    public void APlatformThatCannotTellIsNotCompared() => EveryOf(SettingsFolder.Full, "ml-prod").ShouldBeNull();

    [Theory]
    [InlineData("drift: { every: 4m }", "which is more often than every 5 minutes")]
    [InlineData("drift: { every: 8d }", "which is no such time")]
    [InlineData("drift: { every: often }", "which is no such time")]
    [InlineData("drift: { }", "environments.apis.drift.every: is missing")]
    [InlineData("drift: { every: 1h, often: 2 }", "is not a known key")]
    [InlineData("drift: 1h", "is not a map")]
    public void AnythingElseIsRefusedWithTheRemedy(string written, string problem) =>
        _folder
            .Problems(SettingsFolder.With("drift: { every: 30m }", written))
            .ShouldContain(line => line.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public void APlatformThatCannotTellRefusesTheKey() =>
        _folder
            .Problems(SettingsFolder.With("schema: churn,", "schema: churn, drift: { every: 1h },"))
            .ShouldHaveSingleItem()
            .ShouldContain(
                "environments.ml-prod.drift: is nothing that a platform of kind databricks can tell; remove it"
            );

    private int? EveryOf(string yaml, string environment)
    {
        var (settings, problems) = _folder.Load(yaml);
        problems.ShouldBeEmpty();
        var every = settings!.Environments.Single(one => one.Name == environment).Rule.DriftEvery;
        return (int?)every?.TotalMinutes;
    }
}
