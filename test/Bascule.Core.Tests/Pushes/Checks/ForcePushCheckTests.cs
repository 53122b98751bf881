using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Core.Pushes.Checks;
using Bascule.Core.Settings;

namespace Bascule.Core.Tests.Pushes.Checks;

public sealed class ForcePushCheckTests
{
    private static readonly CommitId Commit = CommitId.Parse(new string('a', 40));
    private readonly ForcePushCheck _check = new(new RefPatterns([Glob.Parse("refs/heads/dev/**")]));

    [Fact]
    public void LetsABranchGoForward() => _check.Look(Move("refs/heads/main", rewrites: false)).ShouldBeNull();

    [Fact]
    public void RefusesToRewriteABranch() => _check.Look(Move("refs/heads/main", rewrites: true)).ShouldNotBeNull();

    [Fact]
    public void LetsANamedBranchBeRewritten() => _check.Look(Move("refs/heads/dev/one", rewrites: true)).ShouldBeNull();

    [Fact]
    public void RefusesToMoveATag() =>
        _check.Look(Move("refs/tags/v1", rewrites: true))!.Message.ShouldContain("make a new tag");

    [Fact]
    public void NamesTheSettingThatWouldAllowIt() =>
        _check
            .Look(Move("refs/heads/main", rewrites: true))!
            .Message.ShouldContain("'refs/heads/main' under pushes.force");

    private static MovedRef Move(string name, bool rewrites) => new(RefName.Parse(name), Commit, Commit, rewrites);
}
