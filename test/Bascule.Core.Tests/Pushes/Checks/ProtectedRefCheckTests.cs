using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Core.Pushes.Checks;
using Bascule.Core.Settings;

namespace Bascule.Core.Tests.Pushes.Checks;

public sealed class ProtectedRefCheckTests
{
    private static readonly CommitId Commit = CommitId.Parse(new string('a', 40));
    private readonly ProtectedRefCheck _check = new(new RefPatterns([Glob.Parse("refs/heads/main")]));

    [Fact]
    public void LetsOtherRefsMove() => _check.Look(Move("refs/heads/dev")).ShouldBeNull();

    [Fact]
    public void RefusesAForwardMove() => _check.Look(Move("refs/heads/main")).ShouldNotBeNull();

    [Fact]
    public void RefusesADeletion() =>
        _check.Look(new MovedRef(RefName.Parse("refs/heads/main"), Commit, null, false)).ShouldNotBeNull();

    [Fact]
    public void NamesTheRefAndTheWayIn()
    {
        var finding = _check.Look(Move("refs/heads/main"))!;

        finding.Ref.ShouldBe("refs/heads/main");
        finding.Message.ShouldContain("pull request");
    }

    [Fact]
    public void NothingIsProtectedUnlessNamed() =>
        new ProtectedRefCheck(new RefPatterns([])).Look(Move("refs/heads/main")).ShouldBeNull();

    private static MovedRef Move(string name) => new(RefName.Parse(name), Commit, Commit, IsRewrite: false);
}
