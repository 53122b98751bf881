using System.Net;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Simulators;

namespace Bascule.Connectors.Tests.Outbound;

public sealed class OutboundTlsTests : IDisposable
{
    private readonly LoopbackAuthority _authority = new();
    private readonly string _caFile = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public OutboundTlsTests() => File.WriteAllText(_caFile, _authority.CaPem);

    public void Dispose()
    {
        _authority.Dispose();
        File.Delete(_caFile);
    }

    [Fact]
    public async Task TrustsACertificateOfTheConfiguredAuthority()
    {
        await using var server = LoopbackServer.Saying("200 OK", "{}", _authority.ServerCertificate);

        (await CallAsync(server.Url, _caFile)).Value.Status.ShouldBe(200);
    }

    [Fact]
    public async Task RefusesItWithoutThatAuthority()
    {
        await using var server = LoopbackServer.Saying("200 OK", "{}", _authority.ServerCertificate);

        (await CallAsync(server.Url, null)).Problem!.Code.ShouldBe(ProblemCode.Unavailable);

        server.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task RefusesItUnderAnotherAuthority()
    {
        using var other = new LoopbackAuthority();
        await using var server = LoopbackServer.Saying("200 OK", "{}", other.ServerCertificate);

        (await CallAsync(server.Url, _caFile)).Problem!.Code.ShouldBe(ProblemCode.Unavailable);

        server.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task RefusesItUnderAnotherHostName()
    {
        await using var server = LoopbackServer.Saying("200 OK", "{}", _authority.ServerCertificate);

        var answer = await CallAsync(new Uri($"https://git.example.com:{server.Port}"), _caFile);

        answer.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        server.Received.ShouldBeEmpty();
    }

    private static async Task<Result<OutboundAnswer>> CallAsync(Uri url, string? caFile)
    {
        using var client = new OutboundClient(
            new OutboundOptions
            {
                Subject = "forge 'git'",
                Url = url,
                CaFile = caFile,
                Resolver = (_, _) => Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback]),
            }
        );
        return await client.SendAsync(OutboundRequest.Get("/", "try"), CancellationToken.None);
    }
}
