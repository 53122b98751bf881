using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Core.Pushes.Checks;

namespace Bascule.Core.Tests.Pushes.Checks;

[Trait("Threat", "T138")]
public sealed class RevertBranchCheckTests
{
    private static readonly CommitId Commit = CommitId.Parse(new string('a', 40));
    private readonly RevertBranchCheck _check = new();

    [Theory]
    [InlineData("refs/heads/bascule/revert-1a2b3c4d")]
    [InlineData("refs/heads/bascule/revert-1a2b3c4d-dags-prod")]
    public void RefusesWhoeverWritesABranchOfThatName(string name)
    {
        var finding = _check.Look(new MovedRef(RefName.Parse(name), null, Commit, IsRewrite: false)).ShouldNotBeNull();

        finding.Ref.ShouldBe(name);
        finding.Message.ShouldContain("push a branch of another name");
    }

    [Fact]
    public void LetsWhoeverMergedItDeleteIt() =>
        _check
            .Look(new MovedRef(RefName.Parse("refs/heads/bascule/revert-1a2b3c4d"), Commit, null, IsRewrite: false))
            .ShouldBeNull();

    [Theory]
    [InlineData("refs/heads/main")]
    [InlineData("refs/heads/bascule/upgrade")]
    [InlineData("refs/heads/revert-1a2b3c4d")]
    [InlineData("refs/tags/bascule/revert-1a2b3c4d")]
    public void LetsOtherRefsMove(string name) =>
        _check.Look(new MovedRef(RefName.Parse(name), Commit, Commit, IsRewrite: false)).ShouldBeNull();
}
