using System.Text.RegularExpressions;

namespace Bascule.Server.Tests.Architecture;

/// <summary>There is one way from a text to an identity, and it goes through the check of the signature.</summary>
[Trait("Threat", "T36")]
public sealed partial class VerifiedTokenRuleTests
{
    private const string Tokens = "src/Bascule.Core/Identity/Tokens/";

    [Fact]
    public void AVerifiedTokenIsMadeInOnePlace() =>
        Sources
            .Where(Sources.Below("src", ".cs", ".razor"), (_, line) => Maker().IsMatch(line))
            .ShouldHaveSingleItem()
            .ShouldStartWith(Tokens + "VerifiedToken.cs");

    [Fact]
    public void TheSignatureIsCheckedBeforeItIsMade()
    {
        var lines = Sources.Lines(Tokens + "VerifiedToken.cs").ToList();

        var check = lines.FindIndex(line => line.Contains("if (!key.Verifies(", StringComparison.Ordinal));
        var made = lines.FindIndex(line => Maker().IsMatch(line));

        check.ShouldBeGreaterThan(0);
        made.ShouldBeGreaterThan(check);
    }

    [Fact]
    public void UnverifiedClaimsDoNotLeaveTheirFolder() =>
        Sources
            .Where(
                Sources.Below("src", ".cs", ".razor"),
                (file, line) =>
                    !file.StartsWith(Tokens, StringComparison.Ordinal)
                    && (line.Contains("CompactToken", StringComparison.Ordinal) || Bypass().IsMatch(line))
            )
            .ShouldBeEmpty("ask TokenVerifier");

    [Theory]
    [InlineData("return new VerifiedToken(token);", true)]
    [InlineData(": new VerifiedToken (token, issuer)", true)]
    [InlineData("VerifiedToken token = new(parts);", true)]
    [InlineData("RuntimeHelpers.GetUninitializedObject(typeof(VerifiedToken))", true)]
    [InlineData("Result<VerifiedToken> token = await verifier.VerifyAsync(x);", false)]
    public void TheScanSeesWhatItShould(string line, bool isMaker) => Maker().IsMatch(line).ShouldBe(isMaker);

    [GeneratedRegex(@"new VerifiedToken\s*\(|VerifiedToken \w+ = new\b|typeof\(VerifiedToken\)")]
    private static partial Regex Maker();

    /// <summary>Reflection and libraries that read tokens without a check.</summary>
    [GeneratedRegex("GetUninitializedObject|JwtSecurityToken|ReadJwtToken|JsonWebTokenHandler")]
    private static partial Regex Bypass();
}
