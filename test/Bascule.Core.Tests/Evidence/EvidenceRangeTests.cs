using Bascule.Core.Evidence;

namespace Bascule.Core.Tests.Evidence;

public sealed class EvidenceRangeTests
{
    [Theory]
    [InlineData("2026-10-01", "2026-11-01", "2026-10-01-to-2026-11-01")]
    [InlineData("2026-10-01T00:00:00Z", "2026-10-01T12:30:00.5Z", "20261001T000000Z-to-20261001T123000Z")]
    [InlineData("2026-10-01T02:00:00+02:00", "2026-10-02", "2026-10-01-to-2026-10-02")]
    public void ReadsDaysAndTimesInUtc(string from, string to, string word) =>
        EvidenceRange.Parse(from, to).Value.FileWord.ShouldBe(word);

    [Theory]
    [InlineData(null, "2026-11-01", "--from is missing")]
    [InlineData("2026-10-01", null, "--to is missing")]
    [InlineData("yesterday", "2026-11-01", "--from 'yesterday'")]
    [InlineData("2026-10-01", "2026-13-01", "--to '2026-13-01'")]
    [InlineData("01.10.2026", "2026-11-01", "--from '01.10.2026'")]
    [InlineData("2026-10-01", "2026-10-01", "not after")]
    [InlineData("2026-10-02", "2026-10-01", "not after")]
    public void NamesWhatIsWrong(string? from, string? to, string words)
    {
        var read = EvidenceRange.Parse(from, to);

        read.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        read.Problem.Message.ShouldContain(words);
    }

    [Fact]
    public void BeginsWithItsFirstMomentAndEndsBeforeItsLast()
    {
        var range = EvidenceRange.Parse("2026-10-01", "2026-10-02").Value;

        range.Holds(range.From).ShouldBeTrue();
        range.Holds(range.To).ShouldBeFalse();
        range.Holds(range.To.AddMilliseconds(-1)).ShouldBeTrue();
    }
}
