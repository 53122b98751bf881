using Bascule.Core.Runs;

namespace Bascule.Core.Tests.Runs;

public sealed class RunStateTests
{
    [Fact]
    public void EveryStateHasAWordThatLeadsBackToIt()
    {
        foreach (var state in Enum.GetValues<RunState>())
        {
            RunStateWords.TryParse(state.Word(), out var found).ShouldBeTrue();
            found.ShouldBe(state);
        }
        RunState.AwaitingApproval.Word().ShouldBe("awaiting_approval");
    }

    [Theory]
    [InlineData("Succeeded")]
    [InlineData("3")]
    [InlineData("")]
    public void OtherSpellingsAreNone(string word) => RunStateWords.TryParse(word, out _).ShouldBeFalse();

    [Theory]
    [InlineData(RunState.Planned, false)]
    [InlineData(RunState.AwaitingApproval, false)]
    [InlineData(RunState.Queued, false)]
    [InlineData(RunState.Started, false)]
    [InlineData(RunState.Succeeded, true)]
    [InlineData(RunState.Failed, true)]
    [InlineData(RunState.Canceled, true)]
    [InlineData(RunState.Superseded, true)]
    [InlineData(RunState.Refused, true)]
    public void SomeStatesAreEnds(RunState state, bool isEnd) => state.IsTerminal().ShouldBe(isEnd);
}
