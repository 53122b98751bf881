using Bascule.Connectors.Issuers;
using Bascule.Connectors.Outbound;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>sign_in</c>: where people prove who they are.</summary>
internal static class SignInReader
{
    private const string GraphExample = "https://graph.microsoft.com";

    public static IReadOnlyList<SignInProvider> Read(SettingReader top, ConnectionHost host)
    {
        if (
            top.Find("sign_in") is null
            || top.RequiredMap("sign_in", "name an identity provider below it, or remove the key") is not { } signIn
        )
            return [];
        List<SignInProvider> providers = [];
        foreach (var (name, settings) in signIn.NamedMaps())
        {
            if (ReadOne(name, settings, host) is not { } provider)
                continue;
            if (providers.Find(other => SameIssuer(other, provider)) is { } twin)
                settings.Refuse("issuer", $"is the one of '{twin.Name}' too", "keep one entry for an issuer");
            providers.Add(provider);
        }
        return providers;
    }

    private static SignInProvider? ReadOne(string name, SettingReader settings, ConnectionHost host)
    {
        var client = settings.RequiredText("client", "write client: the client id that the provider gave Bascule");
        var secret = settings.RequiredSecret("secret", host);
        var cli = Given(settings, "cli_client", "write the id of a public client with the device flow, or remove it");
        var title = Given(settings, "title", "write what stands on the button, or remove it");
        var groups = Given(settings, "groups", "name the claim that lists groups, e.g. groups");
        var scopes = ReadScopes(settings);
        var graph = settings.Find("graph") is null ? null : settings.RequiredUrl("graph", GraphExample);
        var issuer = IssuerOptions.ReadForSignIn(name, settings, host);
        if (cli is not null && cli == client)
            settings.Refuse(
                "cli_client",
                "is the client too",
                "register a public client of its own: a token for one must not be good for the other"
            );
        settings.RefuseOthers();
        if (issuer is null || client is null || secret is null || settings.HasProblems)
            return null;
        return new SignInProvider(name)
        {
            Issuer = issuer,
            Client = client,
            Secret = secret,
            CliClient = cli,
            Title = title ?? name,
            GroupsClaim = groups ?? "groups",
            Scopes = scopes,
            Graph = graph,
        };
    }

    private static IReadOnlyList<string> ReadScopes(SettingReader settings)
    {
        if (settings.Find("scopes") is null)
            return SignInProvider.UsualScopes;
        var scopes = settings.Texts("scopes");
        foreach (var scope in scopes.Where(scope => !IsScope(scope)))
            settings.Refuse("scopes", $"holds '{scope}', which is no scope", "write words without spaces");
        if (!scopes.Contains("openid"))
            settings.Refuse("scopes", "lacks openid", "write [openid, profile, email] and what the provider needs");
        return scopes;
    }

    /// <summary>RFC 6749 section 3.3.</summary>
    private static bool IsScope(string text) =>
        text.Length > 0 && text.All(letter => letter is > ' ' and < '\x7f' and not '"' and not '\\');

    private static string? Given(SettingReader settings, string key, string remedy) =>
        settings.Find(key) is null ? null : settings.RequiredText(key, remedy);

    private static bool SameIssuer(SignInProvider one, SignInProvider other) =>
        one.Issuer.Issuer.Url == other.Issuer.Issuer.Url;
}
