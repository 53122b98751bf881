using Bascule.Connectors.Entra;

namespace Bascule.Connectors.Tests.Entra;

/// <summary>What <c>doctor</c> makes of Entra's numbers.</summary>
public sealed class EntraRefusalsTests
{
    [Theory]
    [InlineData("AADSTS70021: No matching federated identity record found", "may not be known everywhere yet")]
    [InlineData(
        "AADSTS700211: No matching federated identity record found for presented assertion issuer",
        "as issuer"
    )]
    [InlineData(
        "AADSTS700213: No matching federated identity record found for presented assertion subject",
        "none this subject"
    )]
    [InlineData("AADSTS7002138: No matching federated identity record found", "capital letters")]
    public void SaysInWordsWhatANumberMeans(string said, string words) =>
        EntraRefusals.InWords(said).ShouldContain(words);

    [Theory]
    [InlineData("AADSTS7000215: Invalid client secret provided")]
    [InlineData("AADSTS7002: x")]
    [InlineData("no number")]
    public void AndNothingOfOthers(string said) => EntraRefusals.InWords(said).ShouldBeEmpty();
}
