namespace Bascule.Cli.Demo;

/// <summary>Writes the <c>bascule.yaml</c> that the demo runs by: the same file that an operator would write.</summary>
internal static class DemoSettings
{
    public const string ServicePrincipal = "6d0f7b1c-0000-4000-8000-00000000d3b0";

    /// <param name="files">What else lies in the folder: the forge's token, the certificates.</param>
    public static string Write(string folder, int publicPort, int localPort, string forgeKind, Uri forge, Uri databricks, DemoFiles files)
    {
        var path = Path.Combine(folder, "bascule.yaml");
        File.WriteAllText(
            path,
            $$"""
            url: https://127.0.0.1:{{publicPort}}
            data: data
            listen:
              public: "127.0.0.1:{{publicPort}}"
              local: "127.0.0.1:{{localPort}}"
              tls: { certificate: {{files.Certificate}}, key: {{files.Key}}, ca: {{files.Ca}} }
            forges:
              git: { kind: {{forgeKind}}, url: "{{forge.GetLeftPart(UriPartial.Authority)}}", token: "file:{{files.Token}}", ca: {{files.Ca}}, repositories: ["ml/*"] }
            platforms:
              dbx: { kind: databricks, url: "{{databricks.GetLeftPart(UriPartial.Authority)}}", ca: {{files.Ca}}, login: { federation: { client: "{{ServicePrincipal}}" } } }
            environments:
              ml-dev:  { platform: dbx, catalog: dev, repositories: ["git:ml/*"], pull_requests: true }
              ml-prod: { platform: dbx, catalog: main, repositories: ["git:ml/*"], branches: [main] }

            """
        );
        return path;
    }
}

/// <summary>Names of files in the demo's folder.</summary>
internal sealed record DemoFiles(string Token, string Ca, string Certificate, string Key);
