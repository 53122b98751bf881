using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Core.Pushes.Checks;

namespace Bascule.Core.Tests.Pushes.Checks;

[Trait("Threat", "T138")]
public sealed class DeployRefCheckTests
{
    private static readonly CommitId Commit = CommitId.Parse(new string('a', 40));
    private readonly DeployRefCheck _check = new();

    [Theory]
    [InlineData("refs/heads/deploy/production")]
    [InlineData("refs/heads/deploy/no/such/environment")]
    public void RefusesWhoeverMovesADeployRef(string name)
    {
        var finding = _check
            .Look(new MovedRef(RefName.Parse(name), Commit, Commit, IsRewrite: false))
            .ShouldNotBeNull();

        finding.Ref.ShouldBe(name);
        finding.Message.ShouldContain("push the branch that its environment takes");
    }

    [Fact]
    public void RefusesWhoeverRemovesOne() =>
        _check
            .Look(new MovedRef(RefName.Parse("refs/heads/deploy/production"), Commit, null, IsRewrite: false))
            .ShouldNotBeNull();

    [Theory]
    [InlineData("refs/heads/main")]
    [InlineData("refs/heads/deployment/production")]
    [InlineData("refs/heads/deploy")]
    [InlineData("refs/tags/deploy/production")]
    public void LetsOtherRefsMove(string name) =>
        _check.Look(new MovedRef(RefName.Parse(name), Commit, Commit, IsRewrite: false)).ShouldBeNull();
}
