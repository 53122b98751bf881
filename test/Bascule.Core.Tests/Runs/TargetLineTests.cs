using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Core.Tests.Runs;

public sealed class TargetLineTests
{
    [Theory]
    [InlineData("nobody else is there", 1, "me:1", null)]
    [InlineData("it holds already", 1, "a:1+ me:1+", null)]
    [InlineData("somebody holds", 1, "a:1+ me:1", "a")]
    [InlineData("somebody was first", 1, "a:1 me:1", "a")]
    [InlineData("somebody came later", 1, "me:1 b:1", null)]
    [InlineData("there is room for two", 2, "a:2+ me:2", null)]
    [InlineData("the room is for who was first", 2, "a:2+ b:2 me:2", "a")]
    [InlineData("a deployment holds", 9, "a:9!+ me:9", "a")]
    [InlineData("a deployment was first", 9, "a:9!  me:9", "a")]
    [InlineData("who needs more room is not overtaken", 9, "a:9+ b:1 me:9", "b")]
    [InlineData("who may go any moment leaves room", 9, "a:9+ b:2 me:9", null)]
    public void KnowsWhoStandsInTheWay(string name, int most, string line, string? blocker)
    {
        var places = Parse(line);
        places.Single(place => place.Run.Text == "me").MaxRunning.ShouldBe(most);

        TargetLine.BlockerOf(new RunId("me"), places)?.Run.Text.ShouldBe(blocker, name);
        (TargetLine.BlockerOf(new RunId("me"), places) is null).ShouldBe(blocker is null, name);
    }

    [Fact]
    public void ADeploymentWaitsForEverybodyBeforeIt()
    {
        var places = Parse("a:9+ me:9!");

        TargetLine.BlockerOf(new RunId("me"), places)!.Run.Text.ShouldBe("a");
    }

    /// <summary>name:limit, then ! for alone, then + for who holds.</summary>
    private static List<LinePlace> Parse(string line) =>
        [
            .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(
                    (text, place) =>
                        new LinePlace(
                            place,
                            new RunId(text.Split(':')[0]),
                            RefName.Parse("refs/heads/main"),
                            text.Split(':')[1][0] - '0',
                            text.Contains('!', StringComparison.Ordinal),
                            text.Contains('+', StringComparison.Ordinal)
                        )
                ),
        ];
}
