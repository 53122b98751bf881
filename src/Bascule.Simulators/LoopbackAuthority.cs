using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bascule.Simulators;

/// <summary>A certificate authority that lives for one start: every simulator serves https under it, so that clients prove that they take a private CA.</summary>
public sealed class LoopbackAuthority : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2);
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private readonly X509Certificate2 _ca;

    public LoopbackAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = $"CN=Bascule simulator CA {RandomNumberGenerator.GetHexString(8)}";
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = DateTimeOffset.UtcNow;
        _ca = request.CreateSelfSigned(now.AddHours(-1), now.Add(Lifetime));
        ServerCertificate = Issue("127.0.0.1", ServerUse, Loopback());
        CaPem = _ca.ExportCertificatePem();
    }

    /// <summary>What a client must trust, as PEM.</summary>
    public string CaPem { get; }

    /// <summary>For https on 127.0.0.1 and localhost, with its private key.</summary>
    public X509Certificate2 ServerCertificate { get; }

    /// <summary>By which a client is known to servers that ask for one; with its private key.</summary>
    public X509Certificate2 IssueClient(string name)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        return Issue(name, ClientUse, names);
    }

    /// <summary>For a server of another name than this machine's; with its private key.</summary>
    public X509Certificate2 IssueServer(string host)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        return Issue(host, ServerUse, names);
    }

    /// <summary>For a client that trusts one authority alone.</summary>
    public static SslClientAuthenticationOptions Trusting(string caPem)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPem(caPem);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    public void Dispose()
    {
        _ca.Dispose();
        ServerCertificate.Dispose();
    }

    private static SubjectAlternativeNameBuilder Loopback()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        return names;
    }

    private X509Certificate2 Issue(string name, string use, SubjectAlternativeNameBuilder names)
    {
        var now = DateTimeOffset.UtcNow;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
                _ca,
                includeKeyIdentifier: true,
                includeIssuerAndSerial: false
            )
        );
        using var issued = request.Create(
            _ca,
            now.AddHours(-1),
            now.Add(Lifetime).AddMinutes(-5),
            RandomNumberGenerator.GetBytes(16)
        );
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
