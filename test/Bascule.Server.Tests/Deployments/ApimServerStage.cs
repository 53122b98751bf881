using System.Text.Json.Nodes;
using Bascule.Core.Api;
using Bascule.Simulators;
using Bascule.Simulators.Azure.ApiManagement;
using Bascule.Simulators.Azure.Entra;
using Bascule.Simulators.Azure.Resources;
using Bascule.Testing.Stage;

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
                    $"  apis-prod: {{ platform: gateway, repositories: [\"git:ml/apis\"], branches: [main]{environment} }}\n",
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

    public Task<string> PushAsync(string region, string subject = "Change the region", string branch = "main")
    {
        Apis.Developer.Write(
            ".bascule.yaml",
            "workflows:\n  publish:\n    on: { push: { branches: [main], environment: apis-prod } }\n    apim: {}\n"
        );
        Apis.Developer.Write(
            "named values/region/namedValueInformation.json",
            new JsonObject
            {
                ["properties"] = new JsonObject { ["displayName"] = "region", ["value"] = region },
            }.ToJsonString()
        );
        Apis.Developer.Write(
            "apis/pets/apiInformation.json",
            """{"properties":{"displayName":"Pets","path":"pets","protocols":["https"],"serviceUrl":"https://pets.example.com"}}"""
        );
        Apis.Developer.Write(
            "apis/pets/specification.yaml",
            "openapi: 3.0.1\ninfo: { title: Pets, version: '1' }\npaths:\n  /pets:\n    get:\n      operationId: list-pets\n      responses:\n        '200': { description: ok }\n"
        );
        return Apis.Developer.CommitAndPushAsync(subject, branch);
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
            .Where(text => text?.Contains(Before, StringComparison.Ordinal) == true);
        foreach (var command in commands)
        {
            var call = command![(command.IndexOf(Before, StringComparison.Ordinal) + Before.Length)..];
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
