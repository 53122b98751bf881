using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Bascule.Connectors.Collectors;
using Bascule.Connectors.Collectors.Syslog;
using Bascule.Core;
using Bascule.Core.Audit.Shipping;
using Bascule.Simulators;
using Bascule.Testing.Collectors;
using Bascule.Testing.Network;

namespace Bascule.Server.Tests.Shipping;

/// <summary>The whole way to a real rsyslog, which is killed in the middle of it.</summary>
public sealed class RsyslogShippingTests : IDisposable
{
    private readonly LoopbackAuthority _authority = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-tls-").FullName;

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [RsyslogFact]
    [Trait("Threat", "T122")]
    public async Task WhatIsCutOffInTheMiddleComesAgainAndNothingIsLost()
    {
        await using var server = await RsyslogServer.StartAsync(_authority);
        await using var relay = new BreakingRelay(server.Port);
        await using var stage = await ShippingStage.OpenAsync(Collector(relay.Port));
        await stage.AppendAsync(100, new string('x', 1000));

        relay.BreakAfter = 60_000;
        await stage.StepAsync();
        var position = await stage.PositionAsync();
        (position.Next, position.Letters).ShouldBe((0, 0));
        position.Failure.ShouldNotBeNull();

        relay.BreakAfter = null;
        await stage.WaitAsync();
        await stage.RunAsync();

        (await stage.PositionAsync()).Acknowledged.ShouldBe(100);
        Indexes(await server.ReadAsync(got => Indexes(got).Distinct().Count() == 100))
            .Distinct()
            .ShouldBe(Enumerable.Range(0, 100));
    }

    [RsyslogFact]
    [Trait("Threat", "T122")]
    public async Task ACollectorThatIsKilledAndComesBackHasEverythingInItsOrder()
    {
        await using var server = await RsyslogServer.StartAsync(_authority);
        await using var stage = await ShippingStage.OpenAsync(Collector(server.Port));
        await stage.AppendAsync(20);
        await stage.RunAsync();
        await server.ReadAsync(20);

        await stage.AppendAsync(50);
        server.Stop();
        var cut = stage.AskAndStepAsync();
        await server.KillAsync();
        await cut;
        (await stage.PositionAsync()).Next.ShouldBe(20);

        await server.StartAsync();
        await stage.WaitAsync();
        await stage.RunAsync();

        Indexes(await server.ReadAsync(70)).ShouldBe(Enumerable.Range(0, 70));
    }

    private static IEnumerable<int> Indexes(IEnumerable<JsonObject> messages) =>
        messages.Select(one => int.Parse((string)one["sd"]!["bascule@61234"]!["index"]!, CultureInfo.InvariantCulture));

    private ICollector Collector(int port)
    {
        using var certificate = _authority.IssueClient("bascule");
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), _authority.CaPem);
        File.WriteAllText(Path.Combine(_folder, "client.pem"), certificate.ExportCertificatePem());
        return new SyslogOptions
        {
            Host = "127.0.0.1",
            Port = port,
            Enterprise = 61234,
            Tls = new CollectorTls(
                Path.Combine(_folder, "ca.pem"),
                Path.Combine(_folder, "client.pem"),
                new Secret(key.ExportPkcs8PrivateKeyPem())
            ),
        }.Open();
    }
}
