using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Simulators.Azure.ApiManagement;
using Bascule.Simulators.Azure.Entra;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Cli.Demo.ApiManagement;

/// <summary>API Management in the demo: one service, and an Entra tenant with two applications: one may write, and one, by which plans are made, may read.</summary>
internal sealed partial class ApimDemo : IDemoPlatform
{
    public const string Name = "apim";
    public const string Environment = "apis-prod";
    public const string Repository = "apis";
    private const string Api = "apis/pets";

    /// <summary>What begins a revision that Bascule made, before its commit.</summary>
    private const string Commit = " commit ";

    private readonly List<DateTimeOffset> _writes = [];
    private readonly Lock _gate = new();

    private ApimDemo(ApimSimulator simulator)
    {
        Simulator = simulator;
        Simulator.OnRequest = Note;
        Planner = Simulator.Directory.AddApplication();
        Simulator.Assign(Planner, ArmRole.Read);
    }

    public ApimSimulator Simulator { get; }

    /// <summary>May read.</summary>
    public EntraApplication Planner { get; }
    public IReadOnlyList<string> Labels => [ApimSimulator.Label];

    /// <summary>Revisions that the service was told to release, counted by what it was sent.</summary>
    public int Releases =>
        Simulator.Exchanges.Count(exchange =>
            exchange.Method == "PUT"
            && exchange.Status < 300
            && exchange.Path.Contains("/releases/", StringComparison.OrdinalIgnoreCase)
        );

    public static async Task<IDemoPlatform> StartAsync(DemoGround ground, CancellationToken cancellationToken)
    {
        var options = new ApimSimulatorOptions { Authority = ground.Authority, OperationPolls = 0 };
        return new ApimDemo(await ApimSimulator.StartAsync(options, cancellationToken));
    }

    public string Settings(DemoGround ground) =>
        $$"""
            platforms:
              gateway:
                kind: apim
                subscription: {{Simulator.SubscriptionId}}
                resource_group: {{Simulator.ResourceGroup}}
                service: {{Simulator.ServiceName}}
                url: "{{Simulator.ResourceManagerUrl.GetLeftPart(UriPartial.Authority)}}"
                authority: "{{Simulator.AuthorityUrl.GetLeftPart(UriPartial.Authority)}}"
                ca: {{DemoGround.Ca}}
                login: { federation: { tenant: {{Simulator.TenantId}}, client: {{Simulator.ClientId}}, planner: {{Planner.ClientId}} } }
            environments:
              {{Environment}}: { platform: gateway, repositories: ["git:ml/*"], branches: [main] }

            """;

    public Task<DemoResult> PlayAsync(DemoStage stage, CancellationToken cancellationToken) =>
        new ApimStory(stage, this).PlayAsync(cancellationToken);

    /// <summary>The first write after a moment.</summary>
    public DateTimeOffset WrittenAfter(DateTimeOffset moment)
    {
        lock (_gate)
            return _writes.First(at => at >= moment);
    }

    /// <summary>What callers have: the API and the policy of the service.</summary>
    public ServicePicture Look()
    {
        var state = Simulator.State;
        var api = JsonNode.Parse(state[Api].Properties)!;
        var mark = (string?)api["apiRevisionDescription"] ?? "";
        var at = mark.IndexOf(Commit, StringComparison.Ordinal);
        return new ServicePicture(
            at < 0 ? null : mark[(at + Commit.Length)..].Split(' ')[0],
            (string?)api["apiRevision"],
            (string?)api["serviceUrl"],
            // The service indents what it is given anew.
            BetweenElements()
                .Replace((string)JsonNode.Parse(state["policies/policy"].Properties)!["value"]!, "><")
                .Trim()
        );
    }

    public ValueTask DisposeAsync() => Simulator.DisposeAsync();

    [GeneratedRegex(@">\s+<")]
    private static partial Regex BetweenElements();

    private Task Note(string method, string path)
    {
        if (method is "PUT" or "DELETE")
            lock (_gate)
                _writes.Add(DateTimeOffset.UtcNow);
        return Task.CompletedTask;
    }
}

/// <param name="Commit">That the current revision was made from, as it says itself.</param>
internal sealed record ServicePicture(string? Commit, string? Revision, string? Backend, string? Policy);
