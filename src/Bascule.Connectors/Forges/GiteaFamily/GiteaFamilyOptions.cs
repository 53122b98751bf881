using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Forges.GiteaFamily;

/// <summary>The settings of a Gitea or Forgejo connection.</summary>
internal sealed record GiteaFamilyOptions
{
    /// <summary>The server's address as its ROOT_URL says it, with https:// (http:// only on loopback).</summary>
    public required Uri Url { get; init; }

    /// <summary>
    /// A file with an access token of the account that Bascule acts as: <c>file:/run/secrets/gitea</c>. May be left out where <c>credential:</c> says that one
    /// is sealed.
    /// </summary>
    public Secret? Token { get; init; }

    /// <summary>PEM certificates of the private CA that signed the server's; the system's roots when absent.</summary>
    public string? CaFile { get; init; }

    /// <summary>By which people prove that an account is theirs; null without it.</summary>
    public GiteaFamilyOAuth? OAuth { get; init; }

    /// <summary>Null when something is wrong; all of it is in the reader then.</summary>
    public static GiteaFamilyOptions? Read(SettingReader settings, ConnectionHost host)
    {
        var url = settings.RequiredUrl("url", "https://git.example.com");
        var token = settings.ForgeToken(host);
        var ca = settings.CaFile("ca", host);
        var oauth = GiteaFamilyOAuth.Read(settings, host);
        var isBad =
            (ca is null && settings.Find("ca") is not null)
            || (oauth is null && settings.Find("oauth") is not null)
            || (token is null && settings.NeedsForgeToken());
        return url is null || isBad
            ? null
            : new GiteaFamilyOptions
            {
                Url = url,
                Token = token,
                CaFile = ca,
                OAuth = oauth,
            };
    }
}
