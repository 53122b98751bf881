using Bascule.Core.Exchange;

namespace Bascule.Core.Tests.Exchange;

public sealed class TextPatternTests
{
    [Theory]
    [InlineData("prod|staging", "prod", true)]
    [InlineData("prod|staging", "staging", true)]
    [InlineData("prod|staging", "production", false)]
    [InlineData("prod|staging", "not-staging", false)]
    [InlineData("^prod$", "prod", true)]
    [InlineData("[0-9]+", "12", true)]
    [Trait("Threat", "T48")]
    public void IsAnchoredAsAWhole(string pattern, string text, bool expected) =>
        Make(pattern).IsMatch(text).ShouldBe(expected);

    [Theory]
    [InlineData("main")]
    [InlineData("main$")]
    [Trait("Threat", "T49")]
    public void DoesNotEndBeforeANewline(string pattern) => Make(pattern).IsMatch("main\n").ShouldBeFalse();

    [Theory]
    [InlineData("a)|(b")]
    [InlineData("a\\")]
    [InlineData("[a")]
    [InlineData("")]
    [InlineData("(a)\\1")]
    [InlineData("(?=a)a")]
    [InlineData("a\nb")]
    [Trait("Threat", "T48")]
    public void RefusesWhatWouldGetOutOfItsBrackets(string pattern) =>
        TextPattern.Create(pattern).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Invalid);

    [Theory]
    [InlineData("\\d+")]
    [InlineData("\\w+")]
    [InlineData("(?i)kelvin")]
    [InlineData("(?i:kelvin)")]
    [Trait("Threat", "T50")]
    public void RefusesWhatMeansMoreThanItSays(string pattern) =>
        TextPattern.Create(pattern).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Invalid);

    [Fact]
    [Trait("Threat", "T51")]
    public void IsNotLong() => TextPattern.Create(new string('a', 256)).Problem.ShouldNotBeNull();

    [Fact]
    [Trait("Threat", "T51")]
    public void DoesNotTrackBack() => Make("(a+)+b").IsMatch(new string('a', 5_000)).ShouldBeFalse();

    [Fact]
    public void TakesAnEscapedBracket() => Make("\\(?x").IsMatch("(x").ShouldBeTrue();

    private static TextPattern Make(string pattern) => TextPattern.Create(pattern).Value;
}
