using Bascule.Connectors.Outbound;

namespace Bascule.Connectors.Tests.Outbound;

/// <summary>Changes the environment of the whole process, so it runs alone.</summary>
[Collection(nameof(ProxyEnvironmentTests))]
public sealed class ProxyEnvironmentTests
{
    [Fact]
    [Trait("Threat", "T85")]
    public async Task IgnoresProxyEnvironmentVariables()
    {
        await using var proxy = LoopbackServer.Saying("200 OK", "{\"via\":\"proxy\"}");
        await using var server = LoopbackServer.Saying("200 OK", "{}");
        Environment.SetEnvironmentVariable("http_proxy", proxy.Url.AbsoluteUri);
        Environment.SetEnvironmentVariable("ALL_PROXY", proxy.Url.AbsoluteUri);
        try
        {
            using var client = new OutboundClient(new OutboundOptions { Subject = "forge", Url = server.Url });
            (await client.SendAsync(OutboundRequest.Get("/", "try"), CancellationToken.None)).Value.Status.ShouldBe(
                200
            );
        }
        finally
        {
            Environment.SetEnvironmentVariable("http_proxy", null);
            Environment.SetEnvironmentVariable("ALL_PROXY", null);
        }

        proxy.Received.ShouldBeEmpty();
        server.Received.Count.ShouldBe(1);
    }
}

[CollectionDefinition(nameof(ProxyEnvironmentTests), DisableParallelization = true)]
public sealed class ProxyEnvironmentAlone;
