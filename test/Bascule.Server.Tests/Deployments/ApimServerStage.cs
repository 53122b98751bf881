using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Core.Api;
using Bascule.Core.Deployments;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Deployments;
using Bascule.Simulators;
using Bascule.Simulators.Azure.ApiManagement;
using Bascule.Simulators.Azure.Entra;
using Bascule.Simulators.Azure.Resources;
using Bascule.Testing.Stage;
using Bascule.Testing.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Deployments;

/// <summary>The whole server between a simulated forge and a simulated API Management service, where an administrator has pasted what <c>bascule connect</c> prints.</summary>
internal sealed class ApimServerStage : IAsyncDisposable
{
    private const string Before = "federated-credential create --id ";
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-apim-").FullName;
    private readonly LoopbackAuthority _authority = new();

    public BasculeStage Stage { get; private set; } = null!;
    public ApimSimulator Apim { get; private set; } = null!;

    /// <summary>May read, and trusts plans.</summary>
    public EntraApplication Planner { get; private set; } = null!;
    public StageRepository Apis { get; private set; } = null!;

    public static async Task<ApimServerStage> StartAsync(string environment = "")
    {
        var stage = new ApimServerStage();
        stage.Apim = await ApimSimulator.StartAsync(
            new ApimSimulatorOptions { Authority = stage._authority, OperationPolls = 0 }
        );
        stage.Planner = stage.Apim.Directory.AddApplication();
        stage.Apim.Assign(stage.Planner, ArmRole.Read);
        await File.WriteAllTextAsync(Path.Combine(stage._folder, "ca.pem"), stage._authority.CaPem);
        stage.Stage = await BasculeStage.SetAsync(
            new()
            {
                PlatformSettings = stage.Platform(),
                MoreSettings =
                    $"  apis-prod: {{ platform: gateway, repositories: [\"git:ml/*\"], branches: [main]{environment} }}\n",
            }
        );
        await stage.Stage.StartInProcessAsync();
        stage.Apis = await stage.Stage.CreateConnectedRepositoryAsync(
            "apis",
            new Dictionary<string, string> { ["README.md"] = "APIs\n" }
        );
        await stage.PasteAsync();
        return stage;
    }

    /// <summary>What callers and administrators of the service can tell apart: releases and marks are history, and history stays.</summary>
    public string Picture()
    {
        var lines = new List<string>();
        foreach (var (path, state) in Apim.State.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            if (path.Contains("/releases/", StringComparison.Ordinal))
                continue;
            var properties = JsonNode.Parse(state.Properties)!.AsObject();
            properties.Remove("apiRevisionDescription");
            // The service indents what it is given anew.
            if (properties["format"] is not null)
                properties["value"] = Regex.Replace((string)properties["value"]!, @">\s+<", "><");
            lines.Add($"{path} {properties.ToJsonString()}");
        }
        return string.Join('\n', lines);
    }

    /// <summary>Pushes a version of the API and of the service's policy, and waits until it is deployed.</summary>
    public async Task<string> DeployAsync(string version)
    {
        var commit = await PushVersionAsync(version);
        var run = await Stage.WaitForRunAsync(commit);
        run.Run.State.ShouldBe(RunState.Succeeded, run.Run.Reason);
        return commit;
    }

    public Task<string> PushVersionAsync(string version)
    {
        Apis.Developer.Write("policy.xml", PolicyXml(version));
        return PushAsync("north", $"Publish {version}", $"https://{version}.example.com");
    }

    /// <summary>The policy of the service as somebody writes it by hand.</summary>
    public static string PolicyJson(string mark) =>
        new JsonObject
        {
            ["properties"] = new JsonObject { ["format"] = "rawxml", ["value"] = PolicyXml(mark) },
        }.ToJsonString();

    public async Task<DeploymentRecord> RollBackAsync()
    {
        var back = await Stage.Client.RollBackAsync(await FindDeployedAsync(), "callers fail", default);
        back.Problem.ShouldBeNull();
        return back.Value;
    }

    public async Task<DeploymentRecord> FindDeployedAsync() =>
        (await Stage.Client.ListDeploymentsAsync("apis-prod", default)).Value.Deployments.ShouldHaveSingleItem();

    /// <summary>Waits for the end of the run that takes back what was deployed.</summary>
    public Task<RunDetail> WaitForRollbackAsync(DeploymentRecord back) => WaitForRunAsync(back.Run.ShouldNotBeNull());

    public Task<RunDetail> WaitForRunAsync(string id) =>
        Stage.WaitForAsync(
            $"the end of run {id}",
            async () =>
                await Stage.Client.GetRunAsync(id, default) is { Problem: null, Value: { Run.Final: true } run }
                    ? run
                    : null
        );

    /// <summary>Holds back the next write of a deployment.</summary>
    /// <returns>Done once it is there, and what lets it go on.</returns>
    public (Task Held, Action Release) HoldNextWrite()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Apim.OnRequest = async (method, _) =>
        {
            if (method != "PUT")
                return;
            held.TrySetResult();
            await release.Task;
        };
        return (held.Task.WaitAsync(TimeSpan.FromSeconds(90)), () => release.TrySetResult());
    }

    /// <summary>As after a deployment whose run nobody has in a record any more.</summary>
    public async Task DeployForgottenAsync()
    {
        var now = await FindDeployedAsync();
        var place = DeploymentReading.PlaceOf(now.Id)!.Value;
        var moved = new Deployment(place, now.Generation + 1, Sample.Commit('f'), "run:x", DateTimeOffset.UtcNow)
        {
            Run = RunId.New(),
        };
        var applied = await Stage
            .Services.GetRequiredService<IWorkStore>()
            .ApplyAsync([new MoveDeployRef(moved)], default);
        applied.Problem.ShouldBeNull();
    }

    public Task<string> PushAsync(
        string region,
        string subject = "Change the region",
        string serviceUrl = "https://pets.example.com",
        string branch = "main"
    ) => PushAsync(Apis, region, subject, serviceUrl, branch);

    public static Task<string> PushAsync(
        StageRepository apis,
        string region,
        string subject,
        string serviceUrl = "https://pets.example.com",
        string branch = "main"
    )
    {
        apis.Developer.Write(
            ".bascule.yaml",
            "workflows:\n  publish:\n    on: { push: { branches: [main], environment: apis-prod } }\n    apim: {}\n"
        );
        apis.Developer.Write(
            "named values/region/namedValueInformation.json",
            new JsonObject
            {
                ["properties"] = new JsonObject { ["displayName"] = "region", ["value"] = region },
            }.ToJsonString()
        );
        apis.Developer.Write(
            "apis/pets/apiInformation.json",
            $$$"""{"properties":{"displayName":"Pets","path":"pets","protocols":["https"],"serviceUrl":"{{{serviceUrl}}}"}}"""
        );
        apis.Developer.Write(
            "apis/pets/specification.yaml",
            "openapi: 3.0.1\ninfo: { title: Pets, version: '1' }\npaths:\n  /pets:\n    get:\n      operationId: list-pets\n      responses:\n        '200': { description: ok }\n"
        );
        return apis.Developer.CommitAndPushAsync(subject, branch);
    }

    public async ValueTask DisposeAsync()
    {
        if (Stage is not null)
            await Stage.DisposeAsync();
        await Apim.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What is not in the printed command is not granted.</summary>
    private async Task PasteAsync()
    {
        using var world = Stage.NewClient();
        var commands = (await Stage.ConnectAsync())
            .Where(finding => finding.Kind == FindingKind.Note)
            .Select(finding => finding.Command)
            .OfType<string>()
            .Where(text => text.Contains(Before, StringComparison.Ordinal));
        foreach (var command in commands)
        {
            var call = command[(command.IndexOf(Before, StringComparison.Ordinal) + Before.Length)..];
            var application = call.StartsWith(Planner.ClientId, StringComparison.Ordinal) ? Planner : Apim.Application;
            call.ShouldStartWith(application.ClientId);
            var credential = JsonNode.Parse(call.Split('\'')[1])!;
            var issuer = (string)credential["issuer"]!;
            application.Trust(
                new FederatedCredential((string)credential["name"]!, issuer, (string)credential["subject"]!)
                {
                    Jwks = await world.GetStringAsync(new Uri($"{issuer}/.well-known/jwks.json")),
                }
            );
        }
    }

    private static string PolicyXml(string mark) =>
        $"<policies><inbound><set-header name=\"x\" exists-action=\"override\"><value>{mark}</value></set-header></inbound><backend><forward-request /></backend><outbound /><on-error /></policies>";

    private string Platform() =>
        $$"""
              gateway:
                kind: apim
                subscription: {{Apim.SubscriptionId}}
                resource_group: {{Apim.ResourceGroup}}
                service: {{Apim.ServiceName}}
                url: "{{Apim.ResourceManagerUrl.GetLeftPart(UriPartial.Authority)}}"
                authority: "{{Apim.AuthorityUrl.GetLeftPart(UriPartial.Authority)}}"
                ca: "{{Path.Combine(_folder, "ca.pem")}}"
                login: { federation: { tenant: {{Apim.TenantId}}, client: {{Apim.ClientId}}, planner: {{Planner.ClientId}} } }
            """;
}
