using Bascule.Connectors.Forges.Gitea;
using Bascule.Connectors.Forges.Gogs;
using Bascule.Core.Forges;
using Bascule.Core.Settings;
using Bascule.Testing.Platforms;

namespace Bascule.Server.Tests.World;

/// <summary>The webhook readers of real connectors, opened as settings open them; nobody is called.</summary>
internal static class RealWebhooks
{
    public static IWebhookReader Gitea() => Open(new GiteaConnector());

    public static IWebhookReader Gogs() => Open(new GogsConnector());

    private static IWebhookReader Open(IForgeConnector connector)
    {
        var folder = Directory.CreateTempSubdirectory("bascule-token-");
        File.WriteAllText(Path.Combine(folder.FullName, "token"), "t0ken");
        var (settings, problems) = SettingTree.Read("""{ "url": "https://git.example.com", "token": "file:token" }""");
        var host = new ConnectionHost(TimeProvider.System, folder.FullName, new Uri("https://bascule.example.com"));
        var forge = connector.Open("git", settings, host);
        folder.Delete(recursive: true);
        problems.ShouldBeEmpty();
        return forge!.Webhooks;
    }
}
