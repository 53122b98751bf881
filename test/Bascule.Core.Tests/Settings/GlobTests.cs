using System.Text.RegularExpressions;
using Bascule.Core.Settings;
using FsCheck;
using FsCheck.Fluent;

namespace Bascule.Core.Tests.Settings;

public sealed class GlobTests
{
    [Theory]
    [InlineData("main", "main", true)]
    [InlineData("main", "Main", false)]
    [InlineData("main", "main2", false)]
    [InlineData("main", "a/main", false)]
    [InlineData("release-*", "release-1.2", true)]
    [InlineData("release-*", "release-", true)]
    [InlineData("release-*", "release-1/2", false)]
    [InlineData("*", "a", true)]
    [InlineData("*", "a/b", false)]
    [InlineData("ml/*", "ml/churn", true)]
    [InlineData("ml/*", "ml", false)]
    [InlineData("ml/*", "ml/a/b", false)]
    [InlineData("ml/*", "xml/a", false)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-c-b", false)]
    [InlineData("**", "a", true)]
    [InlineData("**", "a/b/c", true)]
    [InlineData("churn/**", "churn/a/b.py", true)]
    [InlineData("churn/**", "churn", true)]
    [InlineData("churn/**", "churn2/a.py", false)]
    [InlineData("churn/**", "CHURN/a.py", false)]
    [InlineData("**/*.py", "a.py", true)]
    [InlineData("**/*.py", "x/y/a.py", true)]
    [InlineData("**/*.py", "x/y/a.pyc", false)]
    [InlineData("a/**/b/**/c", "a/x/b/b/y/c", true)]
    [InlineData("a/**/b/**/c", "a/x/c/b/y", false)]
    [Trait("Threat", "T48")]
    public void MatchesTheWholeNamePartByPart(string pattern, string name, bool expected) =>
        Glob.Parse(pattern).IsMatch(name).ShouldBe(expected);

    [Theory]
    [InlineData("dags/**", "DAGS/a.py")]
    [InlineData("dags/**", "dags/../prod/a.py")]
    [InlineData("dags/**", "dags/./a.py")]
    [InlineData("dags/**", "dags//a.py")]
    [InlineData("dags/**", "dags\\a.py")]
    [InlineData("dags/*.py", "dags/a.py.")]
    [InlineData("caf\u00e9", "cafe\u0301")]
    [InlineData("**", "")]
    [InlineData("**", "/a")]
    [InlineData("**", "a/")]
    [InlineData("**", "a\u202eb")]
    [Trait("Threat", "T56")]
    public void RefusesNamesThatAreSpelledOtherwise(string pattern, string name) =>
        Glob.Parse(pattern).IsMatch(name).ShouldBeFalse();

    [Theory]
    [InlineData("main\n")]
    [InlineData("\nmain")]
    [InlineData("main\0")]
    [Trait("Threat", "T49")]
    public void RefusesNamesWithControlCharacters(string name)
    {
        Glob.Parse("main").IsMatch(name).ShouldBeFalse();
        Glob.Parse("main*").IsMatch(name).ShouldBeFalse();
        Glob.Parse("**").IsMatch(name).ShouldBeFalse();
    }

    [Theory]
    [InlineData("a|b", "a|b", "a")]
    [InlineData("a.b", "a.b", "axb")]
    [InlineData(@"$^()+", "$^()+", "")]
    [InlineData("[0-9]", null, "1")]
    [Trait("Threat", "T50")]
    public void KnowsNoOtherMetaCharacters(string pattern, string? same, string other)
    {
        if (same is null)
            Glob.TryParse(pattern, out _, out _).ShouldBeFalse();
        else
            Glob.Parse(pattern).IsMatch(same).ShouldBeTrue();

        (Glob.TryParse(pattern, out var glob, out _) && glob.IsMatch(other)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("/a", "empty part")]
    [InlineData("a/", "empty part")]
    [InlineData("a//b", "empty part")]
    [InlineData("a/../b", "'..'")]
    [InlineData("./a", "'.'")]
    [InlineData("a\\b", "backslash")]
    [InlineData("a\tb", "cannot be seen")]
    [InlineData("a\u200bb", "cannot be seen")]
    [InlineData("a**", "stands alone")]
    [InlineData("**.py", "stands alone")]
    [InlineData("***", "stands alone")]
    [InlineData("!main", "no meaning")]
    [InlineData("a?", "no meaning")]
    [InlineData("{a,b}", "no meaning")]
    public void RefusesWhatIsNoPattern(string pattern, string fault)
    {
        Glob.TryParse(pattern, out _, out var said).ShouldBeFalse();
        said.ShouldContain(fault);
        Should.Throw<FormatException>(() => Glob.Parse(pattern));
    }

    [Fact]
    public void RefusesPatternsOfMoreThan255Characters()
    {
        Glob.TryParse(new string('a', 255), out _, out _).ShouldBeTrue();
        Glob.TryParse(new string('a', 256), out _, out _).ShouldBeFalse();
    }

    /// <summary>A matcher that tries everything would not come back: the number of ways is beyond counting.</summary>
    [Fact]
    [Trait("Threat", "T51")]
    public void AnswersPatternsThatMakeBacktrackersHang()
    {
        Glob.Parse(string.Concat(Enumerable.Repeat("a*", 127)) + "b").IsMatch(new string('a', 20_000)).ShouldBeFalse();
        Glob.Parse(string.Concat(Enumerable.Repeat("**/a/", 50)) + "b")
            .IsMatch(string.Join('/', Enumerable.Repeat("a", 2_000)))
            .ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T48")]
    public void AgreesWithAnAnchoredExpressionOnRandomNames() =>
        Prop.ForAll(
                Paths("a", "b", "*", "a*", "*b", "a*b", "**").ToArbitrary(),
                Paths("a", "b", "ab", "aab", "c").ToArbitrary(),
                (pattern, name) => Glob.Parse(pattern).IsMatch(name) == Expression(pattern).IsMatch(name + "/")
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static Gen<string> Paths(params string[] parts) =>
        Gen.Elements(parts).NonEmptyListOf().Select(list => string.Join('/', list.Take(6)));

    /// <summary>Says the same by other means: every part with its slash, ** as any number of them.</summary>
    private static Regex Expression(string pattern) =>
        new(
            @"\A"
                + string.Concat(
                    pattern
                        .Split('/')
                        .Select(part =>
                            part == "**"
                                ? "(?:[^/]+/)*"
                                : Regex.Escape(part).Replace(@"\*", "[^/]*", StringComparison.Ordinal) + "/"
                        )
                )
                + @"\z",
            RegexOptions.NonBacktracking
        );
}
