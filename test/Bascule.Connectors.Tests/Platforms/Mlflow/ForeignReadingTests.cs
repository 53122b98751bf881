using Bascule.Connectors.Platforms.Mlflow;

namespace Bascule.Connectors.Tests.Platforms.Mlflow;

/// <summary>What of a run's own words is taken; anybody with access wrote them.</summary>
[Trait("Threat", "T134")]
public sealed class ForeignReadingTests
{
    [Theory]
    [InlineData("0a1b2c3d4e5f60718293a4b5c6d7e8f9", true)]
    [InlineData("sincere_lamp_1a2b", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("job:7", false)]
    [InlineData("a' OR 'b", false)]
    public void AnIdIsPlain(string id, bool isOne)
    {
        (ForeignReading.Of(Run(id), _ => null) is not null).ShouldBe(isOne);
        ForeignReading.IsId(id).ShouldBe(isOne);
        ForeignReading.IsId(new string('a', 256)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("12", true)]
    [InlineData("2026-11.a", true)]
    [InlineData("", false)]
    [InlineData("../2", false)]
    [InlineData("12345678901234567890", false)]
    public void AVersionIsPlainAndShort(string version, bool isOne) =>
        ForeignReading.IsVersion(version).ShouldBe(isOne);

    [Fact]
    public void AParentThatIsNoIdIsNone()
    {
        ForeignReading.Of(Run("a", ("mlflow.parentRunId", "b")), _ => null)!.Parent.ShouldBe("b");
        ForeignReading.Of(Run("a", ("mlflow.parentRunId", "../b")), _ => null)!.Parent.ShouldBeNull();
    }

    private static MlflowRun Run(string id, params (string Key, string Value)[] tags) =>
        new(
            new MlflowRunInfo(id, "active", StartTime: 1),
            new MlflowRunData([], [.. tags.Select(tag => new MlflowTag(tag.Key, tag.Value))])
        );
}
