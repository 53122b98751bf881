namespace Bascule.Testing.Stage;

/// <summary>Writes the <c>bascule.yaml</c> of a stage: what an operator would write, with two environments open to <c>ml/*</c> and one that is not.</summary>
public static class StageSettings
{
    public const string ServicePrincipal = "6d0f7b1c-0000-4000-8000-00000000d3b0";

    /// <summary>Who makes plans of bundles, where there is a CLI.</summary>
    public const string Planner = "6d0f7b1c-0000-4000-8000-00000000d3b1";

    /// <param name="cli">The Databricks CLI; null for none.</param>
    /// <param name="front">The port by which the world reaches it: its own, or that of what stands before it.</param>
    public static string Write(
        string folder,
        (int Public, int Local) ports,
        int front,
        string forgeKind,
        Uri forge,
        Uri databricks,
        string more,
        string moreOfForge = "",
        string morePlatforms = "",
        string? cli = null
    )
    {
        var path = Path.Combine(folder, "bascule.yaml");
        var (tool, planner) = cli is null ? ("", "") : ($"cli: \"{cli}\"", $", planner: \"{Planner}\"");
        var text = $$"""
            url: https://127.0.0.1:{{front}}
            data: data
            listen:
              public: "127.0.0.1:{{ports.Public}}"
              local: "127.0.0.1:{{ports.Local}}"
              tls: { certificate: server.pem, key: server.key, ca: ca.pem }
            forges:
              git:
                kind: {{forgeKind}}
                url: "{{Authority(forge)}}"
                token: "file:forge.token"
                ca: ca.pem
                repositories: ["ml/*"]
            {{moreOfForge}}
            platforms:
              dbx:
                kind: databricks
                url: "{{Authority(databricks)}}"
                ca: ca.pem
                {{tool}}
                login: { federation: { client: "{{ServicePrincipal}}"{{planner}} } }
            {{morePlatforms}}
            environments:
              ml-dev:   { platform: dbx, catalog: dev, repositories: ["git:ml/*"], pull_requests: true }
              ml-prod:  { platform: dbx, catalog: main, repositories: ["git:ml/*"], branches: [main] }
              research: { platform: dbx, catalog: main, repositories: ["git:research/*"], branches: [main] }
            {{more}}
            """;
        File.WriteAllText(path, text);
        return path;
    }

    private static string Authority(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
