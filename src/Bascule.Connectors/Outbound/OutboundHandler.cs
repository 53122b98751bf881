using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Bascule.Connectors.Outbound;

/// <summary>The network below every call: no redirect, no proxy, no cookie, no decompression, and TLS that cannot be switched off.</summary>
public static class OutboundHandler
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static SocketsHttpHandler Create(OutboundOptions options) =>
        new()
        {
            AllowAutoRedirect = false,
            UseProxy = false, // THREATS T85: HTTP_PROXY and its kin are not ours
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            ConnectCallback = new OutboundConnect(
                options.Resolver ?? OutboundConnect.ResolveBySystemAsync,
                options.IsInstanceMetadata
            ).ConnectAsync,
            SslOptions = Tls(options.CaFile, options.ClientCertificate),
        };

    /// <summary>Trusts the system's roots, or those of the file alone; the server's name is checked by whoever connects.</summary>
    internal static SslClientAuthenticationOptions Tls(string? caFile, SslStreamCertificateContext? clientCertificate)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (caFile is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.ImportFromPemFile(caFile);
        }
        return new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = policy,
            ClientCertificateContext = clientCertificate,
        };
    }
}
