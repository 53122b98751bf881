using System.Security.Cryptography.X509Certificates;
using Bascule.Connectors.Collectors;
using Bascule.Connectors.Collectors.Syslog;
using Bascule.Core;
using Bascule.Core.Audit.Shipping;
using Bascule.Simulators;

namespace Bascule.Connectors.Tests.Collectors;

/// <summary>An authority, and collectors of ours that show its certificates.</summary>
internal sealed class SyslogStage : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-syslog-").FullName;

    public SyslogStage() => File.WriteAllText(PathOf("ca.pem"), Authority.CaPem);

    public LoopbackAuthority Authority { get; } = new();

    /// <param name="client">The name in the certificate that is shown; null to show none.</param>
    public ICollector Open(int port, string? client = "bascule", int maxBytes = 8192, string host = "127.0.0.1") =>
        new SyslogOptions
        {
            Host = host,
            Port = port,
            Tls = Tls(client),
            MaxMessageBytes = maxBytes,
            Enterprise = 61234,
            Timeout = TimeSpan.FromSeconds(30),
        }.Open();

    public CollectorTls Tls(string? client)
    {
        if (client is null)
            return new CollectorTls(PathOf("ca.pem"), null, null);
        using var certificate = Authority.IssueClient(client);
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(PathOf("client.pem"), certificate.ExportCertificatePem());
        return new CollectorTls(PathOf("ca.pem"), PathOf("client.pem"), new Secret(key.ExportPkcs8PrivateKeyPem()));
    }

    public void Dispose()
    {
        Authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
