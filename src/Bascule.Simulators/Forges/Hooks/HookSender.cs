using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Bascule.Simulators.Forges.Hooks;

/// <summary>
/// Writes a hook request byte by byte, because header order and case are part of what was recorded and a
/// general client would rearrange them.
/// </summary>
internal sealed class HookSender : IDisposable
{
    private readonly X509Certificate2Collection _trusted = [];

    public HookSender(IEnumerable<string> caPems)
    {
        foreach (var pem in caPems)
        {
            _trusted.ImportFromPem(pem);
        }
    }

    public async Task<int> SendAsync(
        Uri target,
        IEnumerable<KeyValuePair<string, string>> headers,
        byte[] body,
        CancellationToken cancellationToken
    )
    {
        using var client = new TcpClient();
        await client.ConnectAsync(target.Host, target.Port, cancellationToken);
        client.NoDelay = true;
        await using var stream = await SecureAsync(target, client.GetStream(), cancellationToken);
        var head = new StringBuilder($"POST {target.PathAndQuery} HTTP/1.1\r\nHost: {target.Authority}\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), cancellationToken);
        await stream.WriteAsync(body, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        return await StatusAsync(stream, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var certificate in _trusted)
        {
            certificate.Dispose();
        }
    }

    private async Task<Stream> SecureAsync(Uri target, NetworkStream plain, CancellationToken cancellationToken)
    {
        if (target.Scheme != Uri.UriSchemeHttps)
        {
            return plain;
        }

        var secure = new SslStream(plain, leaveInnerStreamOpen: false);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = target.Host,
                RemoteCertificateValidationCallback = (_, leaf, _, errors) => IsTrusted(leaf, errors),
            },
            cancellationToken
        );
        return secure;
    }

    /// <summary>One authority at a time: several may bear the same name, and a chain builder would then pick any of them.</summary>
    private bool IsTrusted(X509Certificate? leaf, SslPolicyErrors errors)
    {
        if (leaf is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return false;
        }

        using var certificate = new X509Certificate2(leaf);
        return _trusted.Any(authority => Chains(certificate, authority));
    }

    private static bool Chains(X509Certificate2 leaf, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        return chain.Build(leaf);
    }

    /// <summary>The status line is all a forge acts on; 1xx answers are skipped, the rest is left unread.</summary>
    private static async Task<int> StatusAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, false, 1024, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var parts = line.Split(' ');
            var isStatus = parts.Length >= 2 && parts[0].StartsWith("HTTP/1.", StringComparison.Ordinal);
            if (isStatus && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var status) && status >= 200)
            {
                return status;
            }
        }

        throw new IOException("the hook target closed the connection without an answer");
    }
}
