using Bascule.Connectors.Outbound;
using Bascule.Connectors.Secrets;
using Bascule.Core;
using Bascule.Simulators.Secrets;

namespace Bascule.Connectors.Tests.Secrets;

public sealed class AwsInstanceTests
{
    [Fact]
    [Trait("Threat", "T78")]
    public async Task TheClientOfTheMachinesMetadataReachesNothingElse()
    {
        using var stage = new SourceStage();
        await using var aws = await AwsSimulator.StartAsync(stage.Authority);
        List<string> details = [];
        using var http = new OutboundClient(
            new OutboundOptions
            {
                Subject = AwsOptions.Subject,
                Url = new Uri(aws.Url.GetLeftPart(UriPartial.Authority)),
                CaFile = stage.FileOf("ca.pem"),
                IsInstanceMetadata = true,
                Detail = details.Add,
            }
        );

        var read = await new AwsInstance(http).ReadAsync(CancellationToken.None);

        read.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        details.ShouldHaveSingleItem().ShouldContain("none of these may be connected to");
        aws.Asked.ShouldBeEmpty();
    }
}
