using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Forges.Gogs;

/// <summary>The settings of a Gogs connection.</summary>
internal sealed record GogsOptions
{
    /// <summary>The server's address as its ROOT_URL says it, with https:// (http:// only on loopback).</summary>
    public required Uri Url { get; init; }

    /// <summary>
    /// A file with an access token of the account that Bascule acts as: <c>file:/run/secrets/gogs</c>. A Gogs token has every right of its account and
    /// cannot be deleted: give that account no more than it needs.
    /// </summary>
    public required Secret Token { get; init; }

    /// <summary>PEM certificates of the private CA that signed the server's; the system's roots when absent.</summary>
    public string? CaFile { get; init; }

    /// <summary>Null when something is wrong; all of it is in the reader then.</summary>
    public static GogsOptions? Read(SettingReader settings, ConnectionHost host)
    {
        var url = settings.RequiredUrl("url", "https://git.example.com");
        var token = settings.RequiredSecret("token", host);
        var ca = settings.CaFile("ca", host);
        return url is null || token is null || (ca is null && settings.Find("ca") is not null)
            ? null
            : new GogsOptions
            {
                Url = url,
                Token = token,
                CaFile = ca,
            };
    }
}
