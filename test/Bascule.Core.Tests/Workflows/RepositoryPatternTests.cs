using Bascule.Core.Workflows;

namespace Bascule.Core.Tests.Workflows;

public sealed class RepositoryPatternTests
{
    [Fact]
    public void NamesAForgeAndTheRepositoriesOnIt()
    {
        RepositoryPattern.TryParse("git:ml/*", out var pattern, out var fault).ShouldBeTrue();

        fault.ShouldBeNull();
        pattern!.Forge.ShouldBe("git");
        pattern.ToString().ShouldBe("git:ml/*");
        pattern.IsMatch("git", "ml/churn").ShouldBeTrue();
        pattern.IsMatch("other", "ml/churn").ShouldBeFalse();
        pattern.IsMatch("git", "data/churn").ShouldBeFalse();
    }

    [Fact]
    public void TakesAForgeOfOneLetter() => RepositoryPattern.TryParse("g:ml/*", out _, out _).ShouldBeTrue();

    [Theory]
    [InlineData("ml/*")]
    [InlineData(":ml/*")]
    public void RefusesAPatternWithoutAForge(string text)
    {
        RepositoryPattern.TryParse(text, out var pattern, out var fault).ShouldBeFalse();

        pattern.ShouldBeNull();
        fault.ShouldBe("does not name a forge before a colon");
    }

    [Fact]
    public void RefusesAPatternWithoutRepositories()
    {
        RepositoryPattern.TryParse("git:", out var pattern, out var fault).ShouldBeFalse();

        pattern.ShouldBeNull();
        fault.ShouldNotBeNull();
    }
}
