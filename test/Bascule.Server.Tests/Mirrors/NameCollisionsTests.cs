using Bascule.Core;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Tests.Mirrors;

[Trait("Threat", "T74")]
public sealed class NameCollisionsTests
{
    [Theory]
    [InlineData("case", "Dag.py", "dag.py")]
    [InlineData("case beyond ASCII", "\u00c9t\u00e9.py", "\u00e9t\u00c9.py")]
    [InlineData("a composed and a decomposed letter", "\u00e9.py", "e\u0301.py")]
    [InlineData("the other way round", "e\u0301.py", "\u00e9.py")]
    [InlineData("case and form", "\u00c9.py", "e\u0301.py")]
    [InlineData("a Hangul syllable and its parts", "\uac01", "\u1100\u1161\u11a8")]
    [InlineData("the Kelvin sign", "\u212a.py", "k.py")]
    [InlineData("a compatibility ideograph", "\uf900", "\u8c48")]
    [InlineData("marks in another order", "a\u0323\u0307", "a\u0307\u0323")]
    public void FindsNamesThatBecomeOne(string what, string one, string other)
    {
        var names = new NameCollisions();

        names.Add(one).ShouldBeNull(what);
        names.Add(other).ShouldBe(one, what);
    }

    [Theory]
    [InlineData("dag.py", "dags.py")]
    [InlineData("\u00e9.py", "\u00e8.py")]
    [InlineData("e\u0301.py", "x\u0301y.py")]
    [InlineData("e\u0301.py", "e.py")]
    [InlineData("\u8c48.py", "\u6f22.py")]
    public void LeavesDifferentNamesAlone(string one, string other)
    {
        var names = new NameCollisions();

        names.Add(one).ShouldBeNull();
        names.Add(other).ShouldBeNull();
    }

    [Theory]
    [InlineData("dags/Load.py", "dags/load.py", "dags/load.py")]
    [InlineData("Dags/a.py", "dags/b.py", "dags")]
    [InlineData("dags", "Dags/b.py", "dags")]
    public async Task RefusesATreeThatHasBoth(string one, string other, string named)
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", (one, "1"), (other, "2"));
        await world.FetchMainAsync();

        var read = await world.Mirror.ReadTreeAsync(commit, "", default);

        read.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        read.Problem!.Message.ShouldContain(named, Case.Insensitive);
    }
}
