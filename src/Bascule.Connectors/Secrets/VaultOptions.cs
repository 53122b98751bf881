using Bascule.Connectors.Outbound;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Secrets;

/// <summary>The settings of a HashiCorp Vault, or an OpenBao.</summary>
internal sealed record VaultOptions
{
    public const string Subject = "secrets.vault";

    /// <summary>The server's address, as VAULT_ADDR has it.</summary>
    public required Uri Url { get; init; }

    /// <summary>PEM certificates of the private CA that signed the server's; the system's roots when absent.</summary>
    public string? CaFile { get; init; }

    /// <summary>Of Vault Enterprise and OpenBao; null for the root.</summary>
    public string? Namespace { get; init; }

    /// <summary>A file with a Vault token that somebody else renews, e.g. a Vault Agent's sink; null for a login by JWT.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Null with a token file.</summary>
    public VaultJwt? Jwt { get; init; }

    public bool NeedsIssuer => Jwt is { Token.NeedsIssuer: true };

    /// <summary>Null when something is wrong; all of it is in the reader then.</summary>
    public static VaultOptions? Read(SettingReader settings, ConnectionHost host)
    {
        var url = settings.RequiredUrl("url", "https://vault.example.com:8200");
        var ca = settings.CaFile("ca", host);
        var space = settings.Find("namespace") is null
            ? null
            : settings.RequiredText("namespace", "write it, or remove it");
        const string remedy = "write login: { jwt: { role: <a role of Vault's> } }, or login: { token_file: <path> }";
        if (settings.Find("login") is null)
            settings.Refuse("login", "is missing", remedy);
        var login = settings.Map("login");
        var jwt = login?.Map("jwt") is { } map ? VaultJwt.Read(map, host, url) : null;
        var file = login?.Find("token_file") is null ? null : login.RequiredText("token_file", "name the token's file");
        if (login is not null && login.Keys.Count() != 1)
            login.Refuse("", "does not name one way to log in", remedy);
        login?.RefuseOthers();
        settings.RefuseOthers();
        if (settings.HasProblems || url is null)
            return null;
        return new VaultOptions
        {
            Url = url,
            CaFile = ca,
            Namespace = space,
            TokenFile = file is null ? null : host.Resolve(file),
            Jwt = jwt,
        };
    }
}

/// <param name="Mount">Where the JWT method is enabled.</param>
internal sealed record VaultJwt(string Role, string Mount, OwnToken Token)
{
    public static VaultJwt? Read(SettingReader settings, ConnectionHost host, Uri? url)
    {
        var role = settings.RequiredText("role", "write role: the role that Vault's JWT method gives Bascule");
        var mount = settings.Text("mount") ?? "jwt";
        if (mount.Length == 0 || mount.Split('/').Any(part => part is "" or "." or ".."))
            settings.Refuse(
                "mount",
                "is no path",
                "write where the method is enabled, as `vault auth list` shows it, without auth/"
            );
        var token = OwnToken.Read(settings, host, url?.AbsoluteUri.TrimEnd('/') ?? "");
        settings.RefuseOthers();
        return role is null ? null : new VaultJwt(role, mount, token);
    }
}
