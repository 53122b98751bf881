using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Settings;

namespace Bascule.Core.Tests.Exchange;

public sealed class RefPatternsTests
{
    [Fact]
    public void AllowsWhatAPatternNames()
    {
        var patterns = Of("refs/heads/main", "refs/tags/v*");

        patterns.Allow(RefName.Parse("refs/heads/main")).ShouldBeTrue();
        patterns.Allow(RefName.Parse("refs/tags/v1")).ShouldBeTrue();
        patterns.Allow(RefName.Parse("refs/heads/main2")).ShouldBeFalse();
        patterns.Allow(RefName.Parse("refs/heads/release/main")).ShouldBeFalse();
        patterns.IsWhole.ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T37")]
    public void NoPatternIsNoRef() => Of().Allow(RefName.Parse("refs/heads/main")).ShouldBeFalse();

    [Fact]
    public void OnlyTheWholeIsTheWhole()
    {
        Of("refs/**").IsWhole.ShouldBeTrue();
        Of("refs/heads/**", "refs/tags/**").IsWhole.ShouldBeFalse();
        Of("**/**").IsWhole.ShouldBeFalse();
    }

    private static RefPatterns Of(params string[] patterns) => new([.. patterns.Select(Glob.Parse)]);
}
