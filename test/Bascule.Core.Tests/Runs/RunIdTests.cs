using Bascule.Core.Runs;

namespace Bascule.Core.Tests.Runs;

public sealed class RunIdTests
{
    [Fact]
    public void NewOnesAreWellFormedAndDiffer()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => RunId.New()).ToList();

        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => RunId.IsWellFormed(id.Text));
    }

    [Theory]
    [InlineData("0123456789", true)]
    [InlineData("zzzzzzzzzz", true)]
    [InlineData("012345678", false)]
    [InlineData("01234567890", false)]
    [InlineData("012345678i", false)]
    [InlineData("012345678o", false)]
    [InlineData("012345678u", false)]
    [InlineData("012345678A", false)]
    [InlineData("../../etc/", false)]
    [InlineData("012345678\n", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void OnlyTenLettersOfTheAlphabetAreOne(string? text, bool isOne) => RunId.IsWellFormed(text).ShouldBe(isOne);
}
