using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>Addresses that a workspace says, and that are called.</summary>
[Trait("Threat", "T143")]
public sealed class AddressTests
{
    [Theory]
    [InlineData("https://lent.blob.core.windows.net/c/a?sig=x%2By", true)]
    [InlineData("https://lent.blob.core.windows.net", true)]
    [InlineData("https://lent.blob.core.windows.net/c/../a?sig=x", false)]
    [InlineData("https://lent.blob.core.windows.net/c/a?sig=x#y", false)]
    [InlineData("https://LENT.blob.core.windows.net/c/a?sig=x", false)]
    [InlineData("/c/a?sig=x", false)]
    [InlineData(null, false)]
    public void OnlyWhatIsCalledAsItWasSignedIsCalled(string? text, bool isTaken) =>
        (SignedAddress.Canonical(text) is not null).ShouldBe(isTaken);

    [Theory]
    [InlineData(
        "azureml://westeurope.api.azureml.ms/mlflow/v1.0/w/",
        "https://westeurope.api.azureml.ms/mlflow/v1.0/w"
    )]
    [InlineData("azureml://westeurope.api.azureml.ms/mlflow?next=", null)]
    [InlineData("azureml://westeurope.api.azureml.ms/mlflow#x", null)]
    [InlineData("https://westeurope.api.azureml.ms/mlflow", null)]
    [InlineData("azureml://", null)]
    [InlineData(null, null)]
    public void RunsAreWhereTheWorkspaceSaysAndNowhereElse(string? said, string? place)
    {
        var workspace = new ArmResource("w", new JsonObject { ["mlFlowTrackingUri"] = said }, ETag: null);

        var read = TrackingPlace.Of(workspace, "platform 'aml'");

        (read.Problem is null ? read.Value.AbsoluteUri : null).ShouldBe(place);
    }
}
