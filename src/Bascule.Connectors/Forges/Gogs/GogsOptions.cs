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
    /// cannot be deleted: give that account no more than it needs. May be left out where <c>credential:</c> says that one is sealed.
    /// </summary>
    public Secret? Token { get; init; }

    /// <summary>A file with a token of a site administrator, by whom the password of Bascule's account is replaced; not needed where that account is one itself.</summary>
    public Secret? Administrator { get; init; }

    /// <summary>PEM certificates of the private CA that signed the server's; the system's roots when absent.</summary>
    public string? CaFile { get; init; }

    /// <summary>Null when something is wrong; all of it is in the reader then.</summary>
    public static GogsOptions? Read(SettingReader settings, ConnectionHost host)
    {
        var url = settings.RequiredUrl("url", "https://git.example.com");
        var token = settings.ForgeToken(host);
        var administrator = settings.Find("administrator") is null
            ? null
            : settings.RequiredSecret("administrator", host);
        var ca = settings.CaFile("ca", host);
        var isBad =
            (ca is null && settings.Find("ca") is not null)
            || (administrator is null && settings.Find("administrator") is not null)
            || (token is null && settings.NeedsForgeToken());
        return url is null || isBad
            ? null
            : new GogsOptions
            {
                Url = url,
                Token = token,
                Administrator = administrator,
                CaFile = ca,
            };
    }
}
