using Bascule.Core.Exchange;
using Bascule.Core.Identity;
using Bascule.Core.Settings;
using static Bascule.Core.Tests.Exchange.TrustStage;

namespace Bascule.Core.Tests.Exchange;

public sealed class TrustPolicyTests
{
    [Fact]
    public void AllowsWhatItNames()
    {
        var decision = Decide(Policy(), Shown());

        decision.IsAllowed.ShouldBeTrue();
        decision.Policy!.Name.ShouldBe("nightly");
        decision.Reason.ShouldBe("policy 'nightly' allows it");
    }

    [Fact]
    [Trait("Threat", "T54")]
    public void NoPolicyAllowsNothing()
    {
        var decision = new TrustPolicies([]).Decide(Shown(), Wish());

        decision.IsAllowed.ShouldBeFalse();
        decision.Reason.ShouldContain("no trust policy is for the issuer");
    }

    [Fact]
    public void SaysWhichClaimIsNotSo()
    {
        var policy = Policy("nightly", new ClaimRule("environment", new IsOneOf(["prod"])));

        Decide(policy, Shown(""", "environment": "dev" """))
            .Reason.ShouldBe("policy 'nightly': the claim 'environment' is 'dev' and must be 'prod'");
    }

    [Fact]
    public void GivesNoOtherRepositoryAndNoOtherVerb()
    {
        Decide(Policy(), Shown(), Wish("web/site")).Reason.ShouldContain("gives nothing on 'git:web/site'");
        Decide(Policy(), Shown(), Wish("ml/churn", GitVerb.Push)).Reason.ShouldContain("does not give push");
        Decide(Policy(), Shown(), Wish("ml/churn", GitVerb.Fetch)).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    [Trait("Threat", "T26")]
    public void TakesNoOtherIssuer() =>
        Decide(
            Policy(),
            Suppose(
                """{"iss": "https://cluster.example.com/", "sub": "system:serviceaccount:ml:train", "aud": "https://bascule.example.com"}"""
            )
        )
            .IsAllowed.ShouldBeFalse();

    [Theory]
    [InlineData("\"https://other.example.com\"")]
    [InlineData("[\"https://other.example.com\"]")]
    [InlineData("[\"https://bascule.example.com\", \"https://other.example.com\"]")]
    [InlineData("\"HTTPS://bascule.example.com\"")]
    [Trait("Threat", "T25")]
    public void TakesNoTokenForSomebodyElse(string audience) =>
        Decide(Policy(), Shown(audience: audience)).IsAllowed.ShouldBeFalse();

    [Fact]
    [Trait("Threat", "T25")]
    public void TakesATokenForOthersTooWhenItSaysSo() =>
        Decide(
            Policy() with
            {
                AllowOtherAudiences = true,
            },
            Shown(audience: "[\"https://bascule.example.com\", \"https://other.example.com\"]")
        )
            .IsAllowed.ShouldBeTrue();

    [Theory]
    [InlineData("\"environment\": \"\"")]
    [InlineData("\"environment\": null")]
    [InlineData("\"environment\": []")]
    [InlineData("\"other\": \"x\"")]
    [Trait("Threat", "T37")]
    public void NothingIsNeverSomething(string claim)
    {
        foreach (ClaimDemand demand in AnyText)
            Decide(Policy("p", new ClaimRule("environment", demand)), Shown($", {claim}")).IsAllowed.ShouldBeFalse();
    }

    [Theory]
    [InlineData("\"groups\": \"ml\"")]
    [InlineData("\"groups\": {\"ml\": true}")]
    [InlineData("\"groups\": [\"ml\", 3]")]
    [Trait("Threat", "T38")]
    public void AListIsAList(string claim)
    {
        var policy = Policy("p", new ClaimRule("groups", new HasOneOf(["ml"])));

        Decide(policy, Shown($", {claim}")).IsAllowed.ShouldBeFalse();
        Decide(policy, Shown(""", "groups": ["web", "ml"]""")).IsAllowed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("\"n\": \"7\", \"f\": true")]
    [InlineData("\"n\": 7, \"f\": \"true\"")]
    [InlineData("\"n\": 7.0, \"f\": 1")]
    [InlineData("\"n\": [7], \"f\": [true]")]
    [Trait("Threat", "T38")]
    public void ATextIsNoNumberAndNoTruth(string claims)
    {
        var policy = Policy("p", new ClaimRule("n", new IsNumber(7)), new ClaimRule("f", new IsFlag(true)));

        Decide(policy, Shown($", {claims}")).IsAllowed.ShouldBeFalse();
        Decide(policy, Shown(""", "n": 7, "f": true""")).IsAllowed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("prod\\n")]
    [InlineData("prod\\u0000")]
    [Trait("Threat", "T49")]
    public void NoControlCharacterIsOverlooked(string text)
    {
        foreach (
            ClaimDemand demand in AnyText.Append(new IsOneOf([System.Text.RegularExpressions.Regex.Unescape(text)]))
        )
            Decide(Policy("p", new ClaimRule("environment", demand)), Shown($$""", "environment": "{{text}}" """))
                .IsAllowed.ShouldBeFalse();
    }

    [Fact]
    public void LooksIntoNestedClaims()
    {
        var policy = Policy("p", new ClaimRule("/kubernetes.io/namespace", new IsOneOf(["ml"])));

        Decide(policy, Shown(""", "kubernetes.io": {"namespace": "ml"}""")).IsAllowed.ShouldBeTrue();
        Decide(policy, Shown(""", "kubernetes.io": {"namespace": "web"}""")).IsAllowed.ShouldBeFalse();
        Decide(policy, Shown(""", "kubernetes.io": "ml" """)).IsAllowed.ShouldBeFalse();
        Decide(policy, Shown(""", "/kubernetes.io/namespace": "ml" """)).IsAllowed.ShouldBeFalse();
    }

    [Fact]
    public void ReadsASlashInANameAsRfc6901Does()
    {
        var policy = Policy("p", new ClaimRule("/https:~1~1sts.amazonaws.com~1/aws_account", new IsOneOf(["1"])));

        Decide(policy, Shown(""", "https://sts.amazonaws.com/": {"aws_account": "1"}""")).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public void ASessionNeedsNoAudienceAndIsNotGoodOnce()
    {
        var session = ShownIdentity.Of(new Subject(Issuer, "anna"), ["ml"]);
        var policy = Policy("p", new ClaimRule("groups", new HasOneOf(["ml"]))) with
        {
            Subject = new FitsGlob(Glob.Parse("*")),
        };

        Decide(policy, session).IsAllowed.ShouldBeTrue();
        Decide(policy with { IsSingleUse = true }, session).IsAllowed.ShouldBeFalse();
    }

    private static IReadOnlyList<ClaimDemand> AnyText =>
        [
            new FitsGlob(Glob.Parse("**")),
            new FitsRegex(TextPattern.Create("[\\x00-\\uFFFF]*").Value),
            new IsOneOf(["", "null"]),
        ];
}
