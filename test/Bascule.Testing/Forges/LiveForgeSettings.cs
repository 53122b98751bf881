namespace Bascule.Testing.Forges;

/// <summary>The real server that the environment names, if it does.</summary>
/// <param name="Admin">Login of a site administrator.</param>
public sealed record LiveForgeSettings(string Kind, Uri Url, string Admin, string Password)
{
    public const string HowToRun =
        "no live forge is named; set BASCULE_TEST_FORGE_KIND (gitea, gogs or forgejo), BASCULE_TEST_FORGE_URL and "
        + "BASCULE_TEST_FORGE_ADMIN (user:password of a site administrator) to run these tests against one";

    public static LiveForgeSettings? Read()
    {
        var kind = Environment.GetEnvironmentVariable("BASCULE_TEST_FORGE_KIND");
        var url = Environment.GetEnvironmentVariable("BASCULE_TEST_FORGE_URL");
        var admin = Environment.GetEnvironmentVariable("BASCULE_TEST_FORGE_ADMIN")?.Split(':', 2);
        return kind is null || url is null || admin is not [var name, var password]
            ? null
            : new LiveForgeSettings(kind, new Uri(url.TrimEnd('/') + "/"), name, password);
    }
}
