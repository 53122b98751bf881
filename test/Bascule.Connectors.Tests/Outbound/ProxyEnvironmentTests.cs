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

    /// <summary>The framework reads the variables once in a process, perhaps before the test above sets them.</summary>
    [Fact]
    [Trait("Threat", "T85")]
    public void TheHandlerHasNoProxyNoRedirectsAndNoCookies()
    {
        using var handler = OutboundHandler.Create(
            new() { Subject = "forge", Url = new Uri("https://git.example.com") }
        );

        handler.UseProxy.ShouldBeFalse();
        handler.AllowAutoRedirect.ShouldBeFalse();
        handler.UseCookies.ShouldBeFalse();
        handler.ConnectCallback.ShouldNotBeNull();
    }
}

[CollectionDefinition(nameof(ProxyEnvironmentTests), DisableParallelization = true)]
public sealed class ProxyEnvironmentAlone;
