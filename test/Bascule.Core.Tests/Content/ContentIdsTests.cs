using Bascule.Core.Content;
using FsCheck;
using FsCheck.Fluent;

namespace Bascule.Core.Tests.Content;

public sealed class ContentIdsTests
{
    /// <summary>Computed by hand from the layout: four parts, each after its length in four big-endian bytes. A change here renames every upload.</summary>
    [Fact]
    public void StaysTheSameFromVersionToVersion() =>
        ContentIds
            .Compute("ab", "{\"name\":\"é\"}", "{}")
            .Hex.ShouldBe("47552387047cbaa1640799d92788f9eca49f12a88cc27c0d5fc666cd338c8242");

    [Fact]
    [Trait("Threat", "T42")]
    public void TellsApartWhatIsSplitElsewhere()
    {
        ContentIds.Compute("ab", "c", "").ShouldNotBe(ContentIds.Compute("a", "bc", ""));
        ContentIds.Compute("", "ab", "c").ShouldNotBe(ContentIds.Compute("ab", "", "c"));
    }

    [Fact]
    [Trait("Threat", "T42")]
    public void DiffersWheneverAPartDiffers() =>
        Prop.ForAll(
                Parts,
                Parts,
                (one, other) =>
                    one
                    == other
                    == (ContentIds.Compute(one.A, one.B, one.C) == ContentIds.Compute(other.A, other.B, other.C))
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static Arbitrary<(string A, string B, string C)> Parts =>
        (
            from a in Gen.Elements("", "a", "ab", "b")
            from b in Gen.Elements("", "a", "ab", "b")
            from c in Gen.Elements("", "a", "ab", "b")
            select (a, b, c)
        ).ToArbitrary();
}
