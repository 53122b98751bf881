using Bascule.Core.Settings;

namespace Bascule.Core.Tests.Settings;

public sealed class GlobFaultTests
{
    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a?b", "holds one of ? [ ] { } !, which have no meaning here")]
    [InlineData("a//b", "has an empty part: a slash at an end, or two in a row")]
    [InlineData("a/", "has an empty part: a slash at an end, or two in a row")]
    [InlineData("a/..", "holds '.', '..', a backslash or a character that cannot be seen")]
    [InlineData("a**/b", "joins ** with something else: it stands alone between slashes")]
    public void SaysWhatIsWrong(string text, string expected)
    {
        Glob.TryParse(text, out var glob, out var fault).ShouldBeFalse();

        glob.ShouldBeNull();
        fault.ShouldBe(expected);
        Should
            .Throw<FormatException>(() => Glob.Parse(text))
            .Message.ShouldBe($"'{text}' is not a pattern: it {expected}");
    }

    [Fact]
    public void KnowsWhetherItStandsForOneNameOnly()
    {
        Glob.Parse("main").IsLiteral.ShouldBeTrue();
        Glob.Parse("release/*").IsLiteral.ShouldBeFalse();
    }

    [Fact]
    public void EqualsOnlyTheSamePattern()
    {
        Glob.Parse("main").Equals(Glob.Parse("main")).ShouldBeTrue();
        Glob.Parse("main").Equals(Glob.Parse("dev")).ShouldBeFalse();
        Glob.Parse("main").Equals((Glob?)null).ShouldBeFalse();
    }
}
