using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>
/// Reads where we listen. Plain HTTP leaves this machine only when the operator says that a proxy in front ends TLS; and even then no header that
/// a proxy could have written is believed (THREATS T21).
/// </summary>
internal static class ListenReader
{
    private static readonly IPEndPoint DefaultPublic = new(IPAddress.Loopback, 8080);
    private static readonly IPEndPoint DefaultLocal = new(IPAddress.Loopback, 8081);

    public static ListenSettings? Read(SettingReader top, Uri? url, ConnectionHost host)
    {
        if (top.Map("listen") is not { } listen)
            return top.Find("listen") is null ? new ListenSettings(DefaultPublic, DefaultLocal, Tls: null) : null;
        var open = ReadAddress(listen, "public", DefaultPublic);
        var local = ReadAddress(listen, "local", DefaultLocal);
        var tls = ReadTls(listen, host);
        var behindProxy = listen.Flag("behind_proxy");
        listen.RefuseOthers();
        CheckPublic(listen, open, tls is not null, behindProxy, url);
        if (!IPAddress.IsLoopback(local.Address))
            listen.Refuse(
                "local",
                "is not a loopback address",
                "write 127.0.0.1 and a port; others use the public address"
            );
        else if (local.Port != 0 && open.Port == local.Port && Overlap(open.Address, local.Address))
            listen.Refuse("local", "is the public address too", "give it another port");
        return new ListenSettings(open, local, tls);
    }

    private static void CheckPublic(SettingReader listen, IPEndPoint open, bool tls, bool behindProxy, Uri? url)
    {
        if (tls && behindProxy)
            listen.Refuse("behind_proxy", "stands beside tls", "keep the one that ends TLS");
        if (tls && url?.Scheme == "http")
            listen.Refuse("tls", "does not fit url, which is http", "write url with https");
        if (tls || IPAddress.IsLoopback(open.Address))
            return;
        if (url?.Scheme == "http")
            listen.Refuse(
                "public",
                "is not a loopback address, but url is http",
                "write url with https, or 127.0.0.1 here"
            );
        else if (!behindProxy)
            listen.Refuse(
                "public",
                "would take plain HTTP from other machines",
                "add tls: { certificate: …, key: … }, or behind_proxy: true when a proxy in front ends TLS"
            );
    }

    private static IPEndPoint ReadAddress(SettingReader listen, string key, IPEndPoint fallback)
    {
        if (listen.Text(key) is not { } text)
            return fallback;
        // The round trip refuses spellings such as 127.1:80, and an address without a port.
        if (
            IPEndPoint.TryParse(text.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal), out var address)
            && (address.ToString() == text || text == $"localhost:{address.Port}")
        )
            return address;
        listen.Refuse(key, "is not an address and a port", $"write it as \"{fallback}\", with [ ] around IPv6");
        return fallback;
    }

    private static TlsFiles? ReadTls(SettingReader listen, ConnectionHost host)
    {
        if (listen.Map("tls") is not { } tls)
            return null;
        var certificate = tls.RequiredText("certificate", "write certificate: the PEM file with the chain");
        var key = tls.RequiredText("key", "write key: the PEM file with the private key");
        var ca = tls.Text("ca");
        tls.RefuseOthers();
        if (certificate is null || key is null)
            return null;
        var files = new TlsFiles(host.Resolve(certificate), host.Resolve(key), ca is null ? null : host.Resolve(ca));
        Check(tls, files);
        return files;
    }

    private static void Check(SettingReader tls, TlsFiles files)
    {
        try
        {
            using var _ = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            var key = File.Exists(files.Certificate) ? "key" : "certificate";
            tls.Refuse(key, "names a file that cannot be read", "correct the path, or let Bascule's user read it");
        }
        catch (Exception problem) when (problem is CryptographicException or ArgumentException)
        {
            tls.Refuse("certificate", "and key are no PEM files that belong together", "name the chain and its key");
        }
    }

    private static bool Overlap(IPAddress open, IPAddress local) =>
        open.Equals(local) || open.Equals(IPAddress.Any) || open.Equals(IPAddress.IPv6Any);
}
