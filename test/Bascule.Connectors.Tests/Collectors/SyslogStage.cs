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

    /// <param name="tls">What is trusted and shown; the authority's own for null.</param>
    public ICollector Open(int port, CollectorTls? tls = null, int maxBytes = 8192, TimeSpan? timeout = null) =>
        new SyslogOptions
        {
            Host = "127.0.0.1",
            Port = port,
            Tls = tls ?? TlsOf(Authority),
            MaxMessageBytes = maxBytes,
            Enterprise = 61234,
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
        }.Open();

    /// <summary>Trusts ours and shows nothing.</summary>
    public CollectorTls Nothing() => new(PathOf("ca.pem"), null, null);

    /// <summary>Trusts ours and shows a certificate of that authority.</summary>
    public CollectorTls TlsOf(LoopbackAuthority authority)
    {
        using var certificate = authority.IssueClient("bascule");
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
