using Bascule.Core.Settings;

namespace Bascule.Core.Tests.Settings;

public sealed class SettingReaderTests
{
    private static readonly SettingLocation Here = new("f.yaml", 1, 1);
    private readonly List<SettingProblem> _problems = [];

    [Theory]
    [InlineData("")]
    [InlineData("~")]
    [InlineData("null")]
    [Trait("Threat", "T151")]
    public void RefusesAKeyWithoutAValue(string nothing)
    {
        ReaderOf(("a", Plain(nothing))).Text("a").ShouldBeNull();

        _problems.Single().Message.ShouldBe("has no value");
    }

    [Fact]
    public void TakesQuotedWordsForTexts()
    {
        ReaderOf(("a", Quoted("null"))).Text("a").ShouldBe("null");
        ReaderOf(("a", Quoted(""))).Text("a").ShouldBe("");
        _problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void ReadsTrueAndFalseAndNothingElseAsFlags(string text, bool expected)
    {
        ReaderOf(("a", Plain(text))).Flag("a", fallback: !expected).ShouldBe(expected);
        _problems.ShouldBeEmpty();

        ReaderOf(("a", Quoted(text))).Flag("a").ShouldBeFalse();
        ReaderOf(("a", Plain(text.ToUpperInvariant()))).Flag("a").ShouldBeFalse();
        _problems.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("10", true)]
    [InlineData("0", false)]
    [InlineData("101", false)]
    [InlineData("010", false)]
    [InlineData("+10", false)]
    [InlineData("1e1", false)]
    [InlineData("10.0", false)]
    [InlineData("0xA", false)]
    [InlineData(" 10", false)]
    public void ReadsNumbersInTheirOneSpellingWithinTheirLimits(string text, bool taken)
    {
        ReaderOf(("a", Plain(text))).Number("a", 1, 100).ShouldBe(taken ? 10 : null);

        _problems.Count.ShouldBe(taken ? 0 : 1);
    }

    [Fact]
    [Trait("Threat", "T55")]
    public void RefusesKeysThatNobodyAskedForAndNamesThoseThatMayStand()
    {
        var reader = ReaderOf(("url", Plain("x")), ("ulr", Plain("x")), ("approvals", Plain("x")));
        reader.Text("url");
        reader.RefuseLater("approvals");

        reader.RefuseOthers();

        _problems
            .Select(problem => $"{problem.Key}: {problem.Message}; {problem.Remedy}")
            .ShouldBe([
                "approvals: is not available in this version; remove it",
                "ulr: is not a known key; remove it, or use one of: url",
            ]);
    }

    [Fact]
    public void KnowsWhetherSomethingIsWrongInItsOwnPartOnly()
    {
        var top = ReaderOf(("git", MapOf(("url", Plain("")))), ("git-2", MapOf(("url", Plain("x")))));
        var (bad, good) = (top.Map("git")!, top.Map("git-2")!);

        bad.Text("url");
        good.Text("url");

        bad.HasProblems.ShouldBeTrue();
        good.HasProblems.ShouldBeFalse();
        top.HasProblems.ShouldBeTrue();
    }

    [Fact]
    public void NamesAPatternThatIsNone()
    {
        ReaderOf(("branches", new SettingList(Here, [Plain("main"), Plain("a[b]")])))
            .Globs("branches")
            .ShouldBe([Glob.Parse("main")]);

        _problems.Single().Message.ShouldStartWith("holds the pattern 'a[b]', which holds one of");
    }

    private SettingReader ReaderOf(params (string Key, SettingNode Value)[] entries) =>
        new(MapOf(entries), "", _problems);

    private static SettingMap MapOf(params (string Key, SettingNode Value)[] entries) =>
        new(Here, [.. entries.Select(entry => new SettingEntry(entry.Key, Here, entry.Value))]);

    private static SettingScalar Plain(string text) => new(Here, text, Quoted: false);

    private static SettingScalar Quoted(string text) => new(Here, text, Quoted: true);
}
