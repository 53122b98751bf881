using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core.Content;

namespace Bascule.Connectors.Tests.Git;

public sealed class TreeNamesTests
{
    [Theory]
    [Trait("Threat", "T66")]
    [Trait("Threat", "T67")]
    [InlineData("", "'dags/' has a name that leads to another folder")]
    [InlineData(".", "'dags/.' has a name that leads to another folder")]
    [InlineData("..", "'dags/..' has a name that leads to another folder")]
    [InlineData("a/b", "'dags/a/b' has a name that leads to another folder")]
    [InlineData("a\\b", "'dags/a\\b' has a name that leads to another folder")]
    [InlineData("a\u001bb", "'dags/ab' has control or bidirectional characters in its name")]
    [InlineData(".GIT", "'dags/.GIT' has a name that some systems take for git's own folder")]
    public void TellsWhichNameIsWrongAndWhy(string name, string message) =>
        Message("dags", File(name)).ShouldBe(message + "; rename it in the repository");

    [Fact]
    [Trait("Threat", "T67")]
    public void RefusesBytesThatAreNotText() =>
        Message("", new TreeItem(TreeEntryKind.File, [0x61, 0xff], ""))
            .ShouldBe("'a\ufffd' is not named in UTF-8; rename it in the repository");

    [Fact]
    [Trait("Threat", "T66")]
    public void RefusesALinkInThePlaceOfGitmodulesAndAllowsTheFile()
    {
        Message("", File(".gitmodules") with { Kind = TreeEntryKind.Symlink })
            .ShouldBe("'.gitmodules' is a symbolic link in the place of git's own file; rename it in the repository");
        Message("", File(".gitmodules")).ShouldBeNull();
        Message("", File("link") with { Kind = TreeEntryKind.Symlink }).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T74")]
    public void TellsWhichTwoNamesBecomeOne() =>
        Message("dags", File("Load.py"), File("x.py"), File("load.py"))
            .ShouldBe(
                "'dags/load.py' is the same as 'Load.py' where case or Unicode form does not count; rename it in the repository"
            );

    [Theory]
    [Trait("Threat", "T67")]
    [InlineData('\u0000', '\u001f')]
    [InlineData('\u007f', '\u009f')]
    [InlineData('\u061c', '\u061c')]
    [InlineData('\u200e', '\u200f')]
    [InlineData('\u2028', '\u202e')]
    [InlineData('\u2066', '\u2069')]
    public void RefusesEveryHiddenCharacterOfARange(char first, char last)
    {
        for (var character = first; character <= last; character++)
            Message("", File($"a{character}b"))!.ShouldContain("has control or bidirectional characters");
    }

    [Theory]
    [InlineData("load.py")]
    [InlineData("a b")]
    [InlineData("...")]
    [InlineData("~")]
    [InlineData("\u00a0\u061b\u061d")]
    [InlineData("a\u200db\u2010c")]
    [InlineData("a\u2027b\u202fc")]
    [InlineData("a\u2065b\u206ac")]
    public void LeavesOtherNamesAlone(string name) => Message("", File(name)).ShouldBeNull();

    [Fact]
    public void ShortensAName()
    {
        var name = new string('a', 301);

        Message("", File(name), File(name))!.ShouldStartWith($"'{name[..300]}' is");
    }

    private static TreeItem File(string name) => new(TreeEntryKind.File, Encoding.UTF8.GetBytes(name), "");

    private static string? Message(string folder, params TreeItem[] items) => TreeNames.Check(folder, items)?.Message;
}
