using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Code;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>The container that a workspace lends for code.</summary>
[Trait("Threat", "T143")]
public sealed class BlobPlaceTests
{
    private const string Container = "https://lent.blob.core.windows.net/container";

    [Theory]
    [InlineData(Container + "?sig=x", Container, null)]
    [InlineData(Container, Container, "lends no container with a signature")]
    [InlineData(null, Container, "lends no container with a signature")]
    [InlineData(Container + "?sig=x", null, "lends no container with a signature")]
    [InlineData(Container + "?sig=x", Container + "?sig=x", "are not of one place")]
    [InlineData(Container + "?sig=x", "https://other.blob.core.windows.net/container", "are not of one place")]
    [InlineData(Container + "?sig=x", "https://lent.blob.core.windows.net/other", "are not of one place")]
    [InlineData(Container + "?sig=x", Container + "/deeper", "are not of one place")]
    [InlineData(
        "https://lent.blob.core.windows.net/?sig=x",
        "https://lent.blob.core.windows.net",
        "are not of one place"
    )]
    public void ItIsTakenWhenItIsSignedAndNamedAsOnePlace(string? signed, string? named, string? refusal)
    {
        var answer = new JsonObject
        {
            ["blobReferenceForConsumption"] = new JsonObject
            {
                ["blobUri"] = named,
                ["credential"] = new JsonObject { ["sasUri"] = signed },
            },
        };

        var place = BlobPlace.Read(answer, "platform 'aml'");

        (place.Problem is null).ShouldBe(refusal is null, place.Problem?.Message);
        (place.Problem?.Message ?? "").ShouldContain(refusal ?? "");
    }
}
