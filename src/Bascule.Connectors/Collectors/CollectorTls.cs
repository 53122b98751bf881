using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Collectors;

/// <summary>
/// What TLS to a collector needs: whom Bascule trusts, and what it shows. The certificate and its key are read again before each batch, so that both can be
/// renewed while Bascule runs.
/// </summary>
/// <param name="caFile">PEM; null for the system's roots.</param>
/// <param name="certificateFile">PEM, the chain behind it; null together with <paramref name="key"/> for none.</param>
/// <param name="key">PEM.</param>
public sealed class CollectorTls(string? caFile, string? certificateFile, Secret? key) : IDisposable
{
    private string? _read;
    private X509Certificate2? _leaf;

    public string? CaFile => caFile;

    /// <summary>As it was read last, with its chain; null where none is shown.</summary>
    public SslStreamCertificateContext? Certificate { get; private set; }

    /// <summary>Reports what cannot be used, as far as it can be read now.</summary>
    public static CollectorTls Read(SettingReader settings, ConnectionHost host)
    {
        var ca = settings.CaFile("ca", host);
        var certificate = settings.Find("certificate") is null
            ? null
            : settings.RequiredText("certificate", "name the PEM file of the certificate that Bascule shows");
        var key = settings.Find("key") is null ? null : settings.RequiredSecret("key", host);
        if (certificate is null != settings.Find("key") is null)
            settings.Refuse(
                certificate is null ? "key" : "certificate",
                $"stands without {(certificate is null ? "certificate" : "key")}",
                "write both, or neither"
            );
        var tls = new CollectorTls(ca, certificate is null ? null : host.Resolve(certificate), key);
        var isThere = host.Secrets.All.Any(secret => ReferenceEquals(secret.Secret, key) && secret.IsRead);
        if (certificate is not null && isThere && tls.Refresh() is { } problem)
            settings.Refuse("certificate", problem.Message, "name the chain, and the key that belongs to it");
        return tls;
    }

    /// <summary>Null when what is shown is as the files say now.</summary>
    public Problem? Refresh()
    {
        if (certificateFile is null || key is null)
            return null;
        try
        {
            var (chain, secret) = (File.ReadAllText(certificateFile), key.Reveal());
            if (_read == chain + secret)
                return null;
            using var read = X509Certificate2.CreateFromPem(chain, secret);
            // Through PKCS #12 and back: a key read from PEM alone is not taken by every TLS stack.
            var leaf = X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
            var behind = new X509Certificate2Collection();
            behind.ImportFromPem(chain);
            Certificate = SslStreamCertificateContext.Create(leaf, behind, offline: true);
            (_leaf, var former) = (leaf, _leaf);
            former?.Dispose();
            _read = chain + secret;
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{certificateFile}' cannot be read");
        }
        catch (Exception problem) when (problem is CryptographicException or ArgumentException)
        {
            return Problem.Invalid("and key are no PEM that belongs together");
        }
    }

    public void Dispose() => _leaf?.Dispose();
}
