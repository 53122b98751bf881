using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bascule.Simulators;

/// <summary>A certificate authority that lives for one start: every simulator serves https under it, so that clients prove that they take a private CA.</summary>
public sealed class LoopbackAuthority : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2);
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
        ServerCertificate = Issue(now);
        CaPem = _ca.ExportCertificatePem();
    }

    /// <summary>What a client must trust, as PEM.</summary>
    public string CaPem { get; }

    /// <summary>For https on 127.0.0.1 and localhost, with its private key.</summary>
    public X509Certificate2 ServerCertificate { get; }

    public void Dispose()
    {
        _ca.Dispose();
        ServerCertificate.Dispose();
    }

    private X509Certificate2 Issue(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
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
