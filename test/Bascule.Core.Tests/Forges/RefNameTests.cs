using Bascule.Core.Forges;
using FsCheck;
using FsCheck.Fluent;

namespace Bascule.Core.Tests.Forges;

[Trait("Threat", "T61")]
[Trait("Threat", "T64")]
public sealed class RefNameTests
{
    [Theory]
    [InlineData("refs/heads/main", "main", true, false)]
    [InlineData("refs/heads/feature/ümlaut-1_2", "feature/ümlaut-1_2", true, false)]
    [InlineData("refs/tags/v1.2", "v1.2", false, true)]
    [InlineData("refs/pull/7/head", "refs/pull/7/head", false, false)]
    public void TakesFullNamesAndKnowsWhatTheyAre(string text, string shown, bool isBranch, bool isTag)
    {
        var name = RefName.Parse(text);

        (name.ShortName, name.IsBranch, name.IsTag).ShouldBe((shown, isBranch, isTag));
        name.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("main")]
    [InlineData("refs/heads")]
    [InlineData("refs/heads/")]
    [InlineData("/refs/heads/main")]
    [InlineData("REFS/heads/main")]
    [InlineData("refs/heads//main")]
    [InlineData("refs/heads/main/")]
    [InlineData("refs/heads/../../x")]
    [InlineData("refs/heads/a..b")]
    [InlineData("refs/heads/.hidden")]
    [InlineData("refs/heads/a.lock")]
    [InlineData("refs/heads/a.lock/b")]
    [InlineData("refs/heads/aux.")]
    [InlineData("refs/heads/-d")]
    [InlineData("refs/heads/--exec=sh")]
    [InlineData("--upload-pack=x")]
    [InlineData("refs/heads/a b")]
    [InlineData("refs/heads/a~1")]
    [InlineData("refs/heads/a^{commit}")]
    [InlineData("refs/heads/a:b")]
    [InlineData("refs/heads/a?")]
    [InlineData("refs/heads/a*")]
    [InlineData("refs/heads/a[b")]
    [InlineData("refs/heads/a\\b")]
    [InlineData("refs/heads/a@{1}")]
    [InlineData("refs/heads/a\u007f")]
    [InlineData("refs/heads/main\n")]
    [InlineData("refs/heads/a\u0000b")]
    [InlineData("refs/heads/a\u001b[31m")]
    [InlineData("refs/heads/a\u202eb")]
    [InlineData("refs/heads/a\u200bb")]
    [InlineData("refs/heads/a\u2028b")]
    [InlineData("refs/heads/a\u00a0b")]
    [InlineData("refs/heads/a\ue000")]
    [InlineData("refs/heads/a\ud800b")]
    [InlineData("refs/heads/a\ufffdb")]
    [InlineData("")]
    [InlineData(null)]
    public void RefusesWhatGitOrAPathOrATerminalCouldMistake(string? text)
    {
        RefName.TryParse(text, out var name).ShouldBeFalse();

        name.ToString().ShouldBeEmpty();
    }

    [Fact]
    public void TakesAtMost255Bytes()
    {
        RefName.TryParse("refs/heads/" + new string('a', 244), out _).ShouldBeTrue();
        RefName.TryParse("refs/heads/" + new string('a', 245), out _).ShouldBeFalse();
        RefName.TryParse("refs/heads/" + new string('ü', 123), out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("main", true)]
    [InlineData("../x", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void ABranchIsNamedByItsShortName(string? branch, bool taken) =>
        RefName.TryBranch(branch, out _).ShouldBe(taken);

    [Fact]
    public void WhateverIsTakenIsHarmless() =>
        Prop.ForAll(
                Gen.Elements("refs/heads/", "refs/tags/", "refs/pull/", "")
                    .SelectMany(prefix =>
                        Gen.Elements(
                                "a",
                                "/",
                                ".",
                                "..",
                                "-",
                                "@",
                                "{",
                                ".lock",
                                "\n",
                                "\0",
                                "\u202e",
                                "ü",
                                " ",
                                ":",
                                "\\"
                            )
                            .ListOf()
                            .Select(parts => prefix + string.Concat(parts))
                    )
                    .ToArbitrary(),
                text => !RefName.TryParse(text, out _) || IsHarmless(text)
            )
            .QuickCheckThrowOnFailure();

    private static bool IsHarmless(string text) =>
        text.StartsWith("refs/", StringComparison.Ordinal)
        && !text.Any(character => char.IsControl(character) || character is ' ' or ':' or '\\' or '\u202e')
        && text.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && part[0] is not ('-' or '.'));
}
