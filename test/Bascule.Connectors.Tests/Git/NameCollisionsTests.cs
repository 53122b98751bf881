using Bascule.Connectors.Git;

namespace Bascule.Connectors.Tests.Git;

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
    [InlineData("the two small sigmas", "\u03c2", "\u03c3")]
    [InlineData("the last of these ideographs", "\ufaff", "\u8c48")]
    [InlineData("the first beyond the basic plane", "\U0002f800", "\u4e3d")]
    [InlineData("the last beyond the basic plane", "\U0002fa1f", "\u4e3d")]
    [InlineData("two of these ideographs", "\uf900\uf901", "\u8c48\u66f4")]
    [InlineData("the first later part of a syllable", "\u1100\u1160", "\uac00")]
    [InlineData("the last later part of a syllable", "\u1100\u11ff", "\uac00")]
    [InlineData("a spacing mark", "\u0915\u093e", "\u0916")]
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
    [InlineData("\uf8ff", "\u8c48")]
    [InlineData("\ufb00", "\u8c48")]
    [InlineData("\U0002f7ff", "\u4e3d")]
    [InlineData("\U0002fa20", "\u4e3d")]
    [InlineData("\u1100\u115f", "\uac00")]
    [InlineData("\u1100\u1200", "\uac00")]
    [InlineData("\u0301a.py", "a.py")]
    public void LeavesDifferentNamesAlone(string one, string other)
    {
        var names = new NameCollisions();

        names.Add(one).ShouldBeNull();
        names.Add(other).ShouldBeNull();
    }
}
