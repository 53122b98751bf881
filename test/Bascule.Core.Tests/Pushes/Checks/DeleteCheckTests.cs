using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Core.Pushes.Checks;
using Bascule.Core.Settings;

namespace Bascule.Core.Tests.Pushes.Checks;

public sealed class DeleteCheckTests
{
    private static readonly CommitId Commit = CommitId.Parse(new string('a', 40));
    private readonly DeleteCheck _check = new(new RefPatterns([Glob.Parse("refs/heads/dev/**")]));

    [Fact]
    public void LetsARefMove() =>
        _check.Look(new MovedRef(RefName.Parse("refs/heads/main"), Commit, Commit, IsRewrite: true)).ShouldBeNull();

    [Fact]
    public void RefusesToDeleteABranch() => _check.Look(Delete("refs/heads/main")).ShouldNotBeNull();

    [Fact]
    public void RefusesToDeleteATag() => _check.Look(Delete("refs/tags/v1")).ShouldNotBeNull();

    [Fact]
    public void LetsANamedBranchBeDeleted() => _check.Look(Delete("refs/heads/dev/one")).ShouldBeNull();

    [Fact]
    public void NamesTheSettingThatWouldAllowIt() =>
        _check.Look(Delete("refs/heads/main"))!.Message.ShouldContain("'refs/heads/main' under pushes.delete");

    private static MovedRef Delete(string name) => new(RefName.Parse(name), Commit, null, IsRewrite: false);
}
