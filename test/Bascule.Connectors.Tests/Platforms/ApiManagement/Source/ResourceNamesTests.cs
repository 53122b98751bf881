using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Source;

public sealed class ResourceNamesTests
{
    [Theory]
    [InlineData("orders")]
    [InlineData("Orders-v1.2_b~")]
    [InlineData("a b")]
    [InlineData("1")]
    public void TakesOrdinaryNames(string name) => ResourceNames.FaultOf(ApimKind.Backend, name).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a..b")]
    [InlineData(".hidden")]
    [InlineData("a.")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a\\b")]
    [InlineData("a/b")]
    [InlineData("a%2fb")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a;rev=2")]
    [InlineData("a*")]
    [InlineData("оrders")]
    [InlineData("ｏrders")]
    [InlineData("a\tb")]
    [Trait("Threat", "T141")]
    public void RefusesWhatCouldLeadElsewhere(string name) =>
        ResourceNames.FaultOf(ApimKind.Backend, name).ShouldNotBeNull();

    [Theory]
    [InlineData(80, true)]
    [InlineData(81, false)]
    public void KnowsHowLongANameMayBe(int length, bool isFine) =>
        (ResourceNames.FaultOf(ApimKind.Backend, new string('a', length)) is null).ShouldBe(isFine);

    [Theory]
    [InlineData("correlation_id-2", true)]
    [InlineData("correlation.id", false)]
    public void AFragmentHasANarrowerName(string name, bool isFine) =>
        (ResourceNames.FaultOf(ApimKind.PolicyFragment, name) is null).ShouldBe(isFine);

    [Theory]
    [InlineData("a;rev=2", 2)]
    [InlineData("a", null)]
    public void ARevisionIsANumber(string name, int? revision) =>
        ResourceNames.SplitRevision(name).ShouldBe(("a", revision));

    [Theory]
    [InlineData("a;rev=02")]
    [InlineData("a;rev=0")]
    [InlineData("a;rev=-1")]
    [InlineData("a;rev=")]
    [InlineData("a;REV=2")]
    [InlineData("a;rev=2;rev=3")]
    [InlineData("a;x")]
    [Trait("Threat", "T141")]
    public void AnythingElseIsNone(string name) => ResourceNames.SplitRevision(name).ShouldBeNull();

    [Theory]
    [InlineData("named values/о/namedValueInformation.json")]
    [InlineData("apis/a;rev=02/apiInformation.json")]
    [InlineData("apis/petstore/operations/a b%/policy.xml")]
    [Trait("Threat", "T141")]
    public async Task AFolderWithSuchANameIsAnError(string path)
    {
        var found = await SourceStage.FindAsync((path, SourceStage.Api));

        found.Single().ShouldStartWith($"{path}:1 Name:");
    }
}
