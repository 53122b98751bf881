using Bascule.Core.Settings;

namespace Bascule.Connectors.ResourceManager;

/// <summary>How Bascule logs in; neither way keeps a secret.</summary>
internal abstract record ArmAccount
{
    /// <summary>What Entra recommends for federated credentials.</summary>
    private const string UsualAudience = "api://AzureADTokenExchange";

    private ArmAccount() { }

    /// <summary>An application that trusts the run's own token.</summary>
    /// <param name="Tenant">The directory's id.</param>
    /// <param name="Client">The application's id.</param>
    public sealed record Federation(string Tenant, string Client, string Audience) : ArmAccount
    {
        /// <summary>The application by which plans are made, which may only read; null where plans ask nobody.</summary>
        public string? Planner { get; init; }
    }

    /// <summary>The identity of the machine that Bascule runs on: it says nothing of the run.</summary>
    /// <param name="Client">The id of an identity that the machine was given; null for its own.</param>
    public sealed record Managed(string? Client) : ArmAccount;

    /// <summary>The block <c>login:</c>; null when something is wrong.</summary>
    public static ArmAccount? Read(SettingReader settings)
    {
        const string remedy =
            "write login: { federation: { tenant: <id>, client: <id> } } or login: { managed_identity: system }";
        if (settings.Find("login") is null)
            settings.Refuse("login", "is missing", remedy);
        if (settings.Map("login") is not { } login)
            return null;
        if (login.Keys.Count() != 1)
        {
            login.Refuse("", "does not name one way to log in", remedy);
            return null;
        }
        ArmAccount? account = login.Find("federation") is null ? ReadManaged(login) : ReadFederation(login);
        login.RefuseOthers();
        return account;
    }

    private static Federation? ReadFederation(SettingReader login)
    {
        if (login.Map("federation") is not { } federation)
            return null;
        var tenant = Id(federation, "tenant", "the directory's id");
        var client = Id(federation, "client", "the application's id");
        var planner = federation.Find("planner") is null
            ? null
            : Id(federation, "planner", "the id of the application that may only read");
        if (planner is not null && planner == client)
            federation.Refuse(
                "planner",
                "is the application that writes",
                "name another one, which may only read: plans are made of commits that nobody has approved"
            );
        var audience = federation.Text("audience") ?? UsualAudience;
        federation.RefuseOthers();
        return tenant is null || client is null ? null : new Federation(tenant, client, audience) { Planner = planner };
    }

    private static Managed? ReadManaged(SettingReader login)
    {
        const string remedy = "write system, or the identity's client id";
        var managed = login.RequiredText("managed_identity", remedy);
        if (managed is null or "system")
            return managed is null ? null : new Managed(Client: null);
        if (Guid.TryParseExact(managed, "D", out _))
            return new Managed(managed);
        login.Refuse("managed_identity", "is neither system nor an id", remedy);
        return null;
    }

    private static string? Id(SettingReader settings, string key, string what)
    {
        var text = settings.RequiredText(key, $"write {key}: {what}");
        if (text is null || Guid.TryParseExact(text, "D", out _))
            return text;
        settings.Refuse(key, "is no id", "copy the UUID that the portal shows");
        return null;
    }
}
