namespace Bascule.Cli.Demo;

/// <summary>Writes the <c>bascule.yaml</c> that the demo runs by: the same file that an operator would write.</summary>
internal static class DemoSettings
{
    public static string Write(DemoGround ground, IDemoPlatform platform)
    {
        var path = Path.Combine(ground.Folder, "bascule.yaml");
        File.WriteAllText(
            path,
            $$"""
            url: {{ground.Url}}
            data: data
            listen:
              public: "127.0.0.1:{{ground.PublicPort}}"
              local: "127.0.0.1:{{ground.LocalPort}}"
              tls: { certificate: {{DemoGround.Certificate}}, key: {{DemoGround.Key}}, ca: {{DemoGround.Ca}} }
            forges:
              git: { kind: {{ground.ForgeKind}}, url: "{{ground.Forge.BaseAddress.GetLeftPart(
                UriPartial.Authority
            )}}", token: "file:{{DemoGround.Token}}", ca: {{DemoGround.Ca}}, repositories: ["{{DemoStage.Owner}}/*"] }

            """
                + platform.Settings(ground)
        );
        return path;
    }
}
