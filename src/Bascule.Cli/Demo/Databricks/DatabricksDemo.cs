using Bascule.Cli.Demo.Training;
using Bascule.Core.Api;
using Bascule.Simulators.Databricks;

namespace Bascule.Cli.Demo.Databricks;

/// <summary>Databricks in the demo: a workspace that knows one service principal.</summary>
internal sealed class DatabricksDemo : ITrainingDemo
{
    public const string Name = "databricks";
    public const string ServicePrincipal = "6d0f7b1c-0000-4000-8000-00000000d3b0";

    private DatabricksDemo(DatabricksSimulator simulator) => Simulator = simulator;

    public DatabricksSimulator Simulator { get; }

    public IReadOnlyList<string> Labels => [DatabricksSimulator.Label];

    public string Kind => Name;

    public Sample Sample => Sample.Churn;

    public int PlatformRuns => Simulator.PlatformRuns;

    public static async Task<IDemoPlatform> StartAsync(DemoGround ground, CancellationToken cancellationToken) =>
        await StartAsync(ground, rateLimits: false, cancellationToken);

    /// <param name="rateLimits">Whether the workspace throttles as its limits say.</param>
    public static async Task<DatabricksDemo> StartAsync(
        DemoGround ground,
        bool rateLimits,
        CancellationToken cancellationToken
    )
    {
        var options = new DatabricksSimulatorOptions
        {
            Authority = ground.Authority,
            DataDirectory = Path.Combine(ground.Folder, "databricks"),
            TrustedCaPem = ground.Authority.CaPem,
            RateLimits = rateLimits,
        };
        var databricks = await DatabricksSimulator.StartAsync(options, cancellationToken);
        databricks.AddServicePrincipal(ServicePrincipal);
        foreach (var catalog in (string[])["dev", "main"])
            databricks.AddSchema(catalog, "churn");
        return new DatabricksDemo(databricks);
    }

    public string Settings(DemoGround ground) =>
        $$"""
            platforms:
              dbx: { kind: databricks, url: "{{Simulator.Url.GetLeftPart(
                UriPartial.Authority
            )}}", ca: {{DemoGround.Ca}}, login: { federation: { client: "{{ServicePrincipal}}" } } }
            environments:
              ml-dev:  { platform: dbx, catalog: dev, repositories: ["git:ml/*"], pull_requests: true }
              ml-prod: { platform: dbx, catalog: main, repositories: ["git:ml/*"], branches: [main], promotes: [production] }

            """;

    public Task<DemoResult> PlayAsync(DemoStage stage, CancellationToken cancellationToken) =>
        new TrainingStory(stage, this).PlayAsync(cancellationToken);

    public DateTimeOffset FirstStartSince(DateTimeOffset moment) =>
        Simulator.Submitted.First(run => run.ReceivedAt >= moment).ReceivedAt;

    public void Paste(Finding finding) => new Administrator(Simulator).Paste(finding);

    public ValueTask DisposeAsync() => Simulator.DisposeAsync();
}
