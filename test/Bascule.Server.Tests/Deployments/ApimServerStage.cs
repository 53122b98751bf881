using System.Text.Json.Nodes;
using Bascule.Simulators;
using Bascule.Simulators.Azure.ApiManagement;
using Bascule.Simulators.Azure.Entra;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.Deployments;

/// <summary>The whole server between a simulated forge and a simulated API Management service, where an administrator has pasted what <c>bascule connect</c> prints.</summary>
internal sealed class ApimServerStage : IAsyncDisposable
{
    private const string Before = "federated-credential create";
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-apim-").FullName;
    private readonly LoopbackAuthority _authority = new();

    public BasculeStage Stage { get; private set; } = null!;
    public ApimSimulator Apim { get; private set; } = null!;
    public StageRepository Apis { get; private set; } = null!;

    public static async Task<ApimServerStage> StartAsync(string environment = "")
    {
        var stage = new ApimServerStage();
        stage.Apim = await ApimSimulator.StartAsync(
            new ApimSimulatorOptions { Authority = stage._authority, OperationPolls = 0 }
        );
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

    public Task<string> PushAsync(string region, string subject = "Change the region") =>
        PushAsync(Apis, region, subject);

    public static Task<string> PushAsync(StageRepository apis, string region, string subject)
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
            """{"properties":{"displayName":"Pets","path":"pets","protocols":["https"],"serviceUrl":"https://pets.example.com"}}"""
        );
        apis.Developer.Write(
            "apis/pets/specification.yaml",
            "openapi: 3.0.1\ninfo: { title: Pets, version: '1' }\npaths:\n  /pets:\n    get:\n      operationId: list-pets\n      responses:\n        '200': { description: ok }\n"
        );
        return apis.Developer.CommitAndPushAsync(subject);
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
        var findings = await Stage.ConnectAsync();
        var command = findings
            .Select(finding => finding.Command)
            .First(text => text?.Contains(Before, StringComparison.Ordinal) == true)!;
        var parameters = command[command.IndexOf(Before, StringComparison.Ordinal)..].Split('\'')[1];
        var credential = JsonNode.Parse(parameters)!;
        var issuer = (string)credential["issuer"]!;
        Apim.Application.Trust(
            new FederatedCredential((string)credential["name"]!, issuer, (string)credential["subject"]!)
            {
                Jwks = await world.GetStringAsync(new Uri($"{issuer}/.well-known/jwks.json")),
            }
        );
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
                login: { federation: { tenant: {{Apim.TenantId}}, client: {{Apim.ClientId}} } }
            """;
}
