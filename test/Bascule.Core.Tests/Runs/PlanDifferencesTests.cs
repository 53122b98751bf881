using Bascule.Core.Runs;

namespace Bascule.Core.Tests.Runs;

public sealed class PlanDifferencesTests
{
    [Fact]
    public void NameEachMemberByItsPathWithBothValues()
    {
        var found = PlanDifferences.Between(
            """{"call":{"tasks":[{"cluster":"one","keep":1}]},"catalog":"main","old":true}""",
            """{"call":{"tasks":[{"cluster":"two","keep":1}]},"catalog":"main","new":null}"""
        );

        found.ShouldBe([
            "call.tasks[0].cluster: \"one\" in the plan, \"two\" now",
            "new: absent in the plan, null now",
            "old: true in the plan, absent now",
        ]);
    }

    [Fact]
    public void AreNoneWhereOnlyTheOrderOfMembersDiffers() =>
        PlanDifferences.Between("""{"a":1,"b":[1.0]}""", """{"b":[1],"a":1}""").ShouldBeEmpty();

    [Theory]
    [InlineData("""{"a":[1]}""", """{"a":[1,2]}""", "a: [1] in the plan, [1,2] now")]
    [InlineData("""{"a":{"b":1}}""", """{"a":"b"}""", "a: {\"b\":1} in the plan, \"b\" now")]
    [InlineData("""{"a":null}""", """{"a":0}""", "a: null in the plan, 0 now")]
    public void SeeWhatIsOfAnotherShape(string recorded, string now, string line) =>
        PlanDifferences.Between(recorded, now).ShouldBe([line]);

    [Fact]
    public void OfManyTheFirstAreToldAndTheRestCounted()
    {
        var many = string.Join(',', Enumerable.Range(0, 30).Select(at => $"\"m{at}\":1"));

        var found = PlanDifferences.Between($"{{{many}}}", "{}");

        (found.Count, found[^1]).ShouldBe((21, "and 10 more"));
    }
}
