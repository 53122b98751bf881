using Bascule.Connectors.Entra;
using Bascule.Connectors.Outbound;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Secrets;

/// <summary>The settings of Azure Key Vault: one login for every vault that references name.</summary>
internal sealed record AzureOptions
{
    public const string Subject = "secrets.azure";
    public const string System = "system";
    private const string PublicSuffix = "vault.azure.net";

    /// <summary>An application that trusts a signed token; null for another login.</summary>
    public AzureFederation? Federation { get; init; }

    /// <summary>system, or the client id of an identity that the machine was given; null for another login.</summary>
    public string? ManagedIdentity { get; init; }

    /// <summary>Where Microsoft Entra signs in; another one in sovereign clouds.</summary>
    public Uri Authority { get; init; } = EntraOptions.PublicAuthority;

    /// <summary>What follows a vault's name: vault.azure.cn and vault.usgovcloudapi.net in sovereign clouds.</summary>
    public string Suffix { get; init; } = PublicSuffix;

    /// <summary>Vaults that are not at their usual address.</summary>
    public IReadOnlyDictionary<string, Uri> Vaults { get; init; } = new Dictionary<string, Uri>();

    /// <summary>PEM certificates to trust instead of the system's.</summary>
    public string? CaFile { get; init; }

    public bool NeedsIssuer => Federation is { Token.NeedsIssuer: true };

    public string Scope => $"https://{Suffix}/.default";

    public Uri VaultUrl(string vault) => Vaults.GetValueOrDefault(vault) ?? new Uri($"https://{vault}.{Suffix}");

    /// <summary>Null when something is wrong; all of it is in the reader then.</summary>
    public static AzureOptions? Read(SettingReader settings, ConnectionHost host)
    {
        const string remedy =
            "write login: { federation: { tenant: <id>, client: <id> } }, login: { managed_identity: system } or login: { environment: true }";
        if (settings.Find("login") is null)
            settings.Refuse("login", "is missing", remedy);
        var login = settings.Map("login");
        var federation = login?.Map("federation") is { } map ? AzureFederation.Read(map, host) : null;
        var managed = login?.Find("managed_identity") is null
            ? null
            : login.RequiredText("managed_identity", "write system, or the identity's client id");
        var environment = login?.Flag("environment") ?? false;
        if (managed is not null and not System && !Guid.TryParseExact(managed, "D", out _))
            login!.Refuse(
                "managed_identity",
                "is neither system nor an id",
                "write system, or the identity's client id"
            );
        if (login is not null && (login.Keys.Count() != 1 || (login.Find("environment") is not null && !environment)))
            login.Refuse("", "does not name one way to log in", remedy);
        login?.RefuseOthers();
        var authority = settings.Find("authority") is null
            ? EntraOptions.PublicAuthority
            : settings.RequiredUrl("authority", EntraOptions.PublicAuthority.OriginalString);
        var suffix = settings.Text("suffix") ?? PublicSuffix;
        if (Uri.CheckHostName(suffix) != UriHostNameType.Dns)
            settings.Refuse("suffix", "is no domain", $"write one like {PublicSuffix}");
        var vaults = ReadVaults(settings);
        var ca = settings.CaFile("ca", host);
        settings.RefuseOthers();
        return settings.HasProblems || authority is null
            ? null
            : new AzureOptions
            {
                Federation = federation,
                ManagedIdentity = managed,
                Authority = authority,
                Suffix = suffix,
                Vaults = vaults,
                CaFile = ca,
            };
    }

    private static Dictionary<string, Uri> ReadVaults(SettingReader settings)
    {
        var found = new Dictionary<string, Uri>(StringComparer.OrdinalIgnoreCase);
        if (settings.Map("vaults") is not { } vaults)
            return found;
        foreach (var name in vaults.Keys)
            if (vaults.RequiredUrl(name, $"https://{name}.{PublicSuffix}") is { } url)
                found[name] = url;
        return found;
    }
}

/// <param name="Client">The application's id.</param>
internal sealed record AzureFederation(string Tenant, string Client, OwnToken Token)
{
    /// <summary>What Entra recommends for federated credentials.</summary>
    private const string Audience = "api://AzureADTokenExchange";

    public static AzureFederation? Read(SettingReader settings, ConnectionHost host)
    {
        var tenant = settings.RequiredText("tenant", "write tenant: the directory's id");
        var client = settings.RequiredText("client", "write client: the application's id");
        foreach (var (key, value) in new[] { ("tenant", tenant), ("client", client) })
            if (value is not null && !Guid.TryParseExact(value, "D", out _))
                settings.Refuse(key, "is no id", "copy the UUID that the portal shows");
        var token = OwnToken.Read(settings, host, Audience);
        settings.RefuseOthers();
        return tenant is null || client is null ? null : new AzureFederation(tenant, client, token);
    }
}
