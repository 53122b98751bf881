using Bascule.Connectors.Git;

namespace Bascule.Connectors.Tests.Git;

[Trait("Threat", "T66")]
public sealed class GitNamesTests
{
    [Theory]
    [InlineData(".git")]
    [InlineData(".GIT")]
    [InlineData("git~1")]
    [InlineData("GIT~1")]
    [InlineData(".git::$INDEX_ALLOCATION")]
    [InlineData(".git . .")]
    [InlineData(".git. :x:y")]
    public void KnowsGitsFolderInEverySpelling(string name) => GitNames.IsGitFolder(name).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("git")]
    [InlineData(".gitx")]
    [InlineData(" .git")]
    [InlineData("git~2")]
    [InlineData(".github")]
    [InlineData("x:.git")]
    public void TakesNoOtherNameForGitsFolder(string name) => GitNames.IsGitFolder(name).ShouldBeFalse();

    [Theory]
    [InlineData(".gitmodules")]
    [InlineData(".GitModules")]
    [InlineData(".gitmodules . ")]
    [InlineData(".gitmodules:$DATA")]
    [InlineData(".git\u200cmodules")]
    [InlineData("gitmod~1")]
    [InlineData("gitmod~2")]
    [InlineData("gitmod~3")]
    [InlineData("GITMOD~4")]
    [InlineData("GI7EBA~1")]
    [InlineData("gi7eba~9")]
    public void KnowsGitmodulesInEverySpelling(string name) => GitNames.IsGitModules(name).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData(".git")]
    [InlineData("gitmodules")]
    [InlineData(".gitmodules.bak")]
    [InlineData("gitmod~5")]
    [InlineData("gi7eb~1")]
    [InlineData("x-gi7eba~1")]
    public void TakesNoOtherNameForGitmodules(string name) => GitNames.IsGitModules(name).ShouldBeFalse();

    [Theory]
    [InlineData('\u200b', '\u200c', '\u200f', '\u2010')]
    [InlineData('\u2029', '\u202a', '\u202e', '\u202f')]
    [InlineData('\u2069', '\u206a', '\u206f', '\u2070')]
    [InlineData('\ufefe', '\ufeff', '\ufeff', '\uff00')]
    public void IgnoresWhatHfsIgnores(char before, char first, char last, char after)
    {
        GitNames.IsGitFolder($".g{first}it").ShouldBeTrue();
        GitNames.IsGitFolder($".g{last}it").ShouldBeTrue();
        GitNames.IsGitFolder($".g{before}it").ShouldBeFalse();
        GitNames.IsGitFolder($".g{after}it").ShouldBeFalse();
    }
}
