using Bascule.Cli.Demo.Training;
using Bascule.Core.Api;
using Bascule.Simulators.Azure.MachineLearning;

namespace Bascule.Cli.Demo.AzureML;

/// <summary>
/// Azure Machine Learning in the demo: a workspace for pull requests and one for production, each in a tenant of its own, so that nothing that a pull request runs can
/// write where production's models are.
/// </summary>
internal sealed class AzureMlDemo : ITrainingDemo
{
    public const string Name = "azureml";

    private readonly List<AmlSimulator> _workspaces = [];
    private readonly List<AmlPrograms> _computes = [];
    private readonly List<DateTimeOffset> _starts = [];
    private readonly Lock _gate = new();

    public IReadOnlyList<string> Labels => [AmlSimulator.Label];

    public string Kind => Name;

    public Sample Sample => Sample.ChurnOnAzureMl;

    public int PlatformRuns => _workspaces.Sum(workspace => workspace.Jobs.Count);

    public static async Task<IDemoPlatform> StartAsync(DemoGround ground, CancellationToken cancellationToken)
    {
        var demo = new AzureMlDemo();
        foreach (var name in (string[])["ml-dev", "ml-prod"])
            await demo.AddAsync(ground, name, cancellationToken);
        return demo;
    }

    public string Settings(DemoGround ground) =>
        $$"""
            platforms:
            {{string.Join('\n', _workspaces.Select(Connection))}}
            environments:
              ml-dev:  { platform: ml-dev, repositories: ["git:ml/*"], pull_requests: true }
              ml-prod: { platform: ml-prod, repositories: ["git:ml/*"], branches: [main], promotes: [production] }

            """;

    public Task<DemoResult> PlayAsync(DemoStage stage, CancellationToken cancellationToken) =>
        new TrainingStory(stage, this).PlayAsync(cancellationToken);

    public DateTimeOffset FirstStartSince(DateTimeOffset moment)
    {
        lock (_gate)
            return _starts.First(at => at >= moment);
    }

    public void Paste(Finding finding)
    {
        if (finding.Kind == FindingKind.Note)
            AzureAdministrator.Paste(finding.Command, _workspaces.Select(workspace => workspace.Application));
    }

    /// <summary>Whole lines of <c>platforms</c>, indented by two.</summary>
    public static string Connection(AmlSimulator workspace) =>
        $$"""
              {{workspace.WorkspaceName}}:
                kind: azureml
                subscription: {{workspace.SubscriptionId}}
                resource_group: {{workspace.ResourceGroup}}
                workspace: {{workspace.WorkspaceName}}
                url: "{{workspace.ResourceManagerUrl.GetLeftPart(UriPartial.Authority)}}"
                authority: "{{workspace.AuthorityUrl.GetLeftPart(UriPartial.Authority)}}"
                hosts: ["{{workspace.RegionUrl.Host}}", "{{workspace.BlobUrl.Host}}"]
                ca: {{DemoGround.Ca}}
                login: { federation: { tenant: {{workspace.TenantId}}, client: {{workspace.ClientId}} } }
            """;

    public async ValueTask DisposeAsync()
    {
        foreach (var compute in _computes)
            await compute.DisposeAsync();
        foreach (var workspace in _workspaces)
            await workspace.DisposeAsync();
    }

    private async Task AddAsync(DemoGround ground, string name, CancellationToken cancellationToken)
    {
        var options = new AmlSimulatorOptions { Authority = ground.Authority, WorkspaceName = name };
        var workspace = await AmlSimulator.StartAsync(options, cancellationToken);
        workspace.OnRequest = Note;
        _workspaces.Add(workspace);
        _computes.Add(new AmlPrograms(workspace, Path.Combine(ground.Folder, name), ground.Authority.CaPem));
    }

    private Task Note(string method, string path)
    {
        if (method == "PUT" && path.StartsWith("jobs/", StringComparison.OrdinalIgnoreCase))
            lock (_gate)
                _starts.Add(DateTimeOffset.UtcNow);
        return Task.CompletedTask;
    }
}
