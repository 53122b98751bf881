using Bascule.Core.People;

namespace Bascule.Core.Tests.People;

public sealed class ActWordsTests
{
    [Fact]
    public void AreReadAsTheyAreWritten()
    {
        foreach (var act in Enum.GetValues<Act>())
        {
            ActWords.TryParse(act.Write(), out var read).ShouldBeTrue();
            read.ShouldBe(act);
            act.Say().ShouldNotContain("_");
        }
        Act.ApproveRun.Write().ShouldBe("approve_run");
    }

    [Theory]
    [InlineData("approve-run", true)]
    [InlineData("approverun", false)]
    [InlineData("5", false)]
    [InlineData("", false)]
    public void AreTakenExactly(string text, bool isAct) => ActWords.TryParse(text, out _).ShouldBe(isAct);
}
