using System.Net.Http.Json;
using System.Text.Json;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.EndToEnd;

/// <summary>Somebody whom a simulated provider knows as one of the group <c>ml-leads</c>, and the role that lets that group approve.</summary>
internal sealed class Approver : IAsyncDisposable
{
    private const string Account = "lea";
    private readonly PliableIssuer _provider;
    private readonly int _port = LoopbackPort.Find();

    private Approver(PliableIssuer provider) => _provider = provider;

    /// <summary>Whole lines of <c>bascule.yaml</c>, at the left margin.</summary>
    private string Settings =>
        $$"""
            sign_in:
              corp: { issuer: "{{_provider.Url}}", client: "{{PliableIssuer.Client}}", secret: "file:web.secret", cli_client: {{PliableIssuer.CliClient}} }
            roles:
              - { role: approver, to: ["group:ml-leads"] }

            """;

    public static async Task<Approver> StartAsync() => new(await PliableIssuer.StartAsync());

    /// <summary>A stage on which they may sign in, with Bascule in the test's process.</summary>
    public async Task<BasculeStage> StartStageAsync(StageOptions options)
    {
        var stage = await BasculeStage.SetAsync(
            options with
            {
                PublicPort = _port,
                MoreSettings = options.MoreSettings + Settings,
            }
        );
        await File.WriteAllTextAsync(Path.Combine(stage.Folder, "web.secret"), PliableIssuer.Secret);
        await stage.StartInProcessAsync();
        return stage;
    }

    /// <summary>By the id token of a device flow, and with the account at the forge that is theirs.</summary>
    public async Task<BasculeClient> SignInAsync(BasculeStage stage)
    {
        var address = new Uri($"https://127.0.0.1:{_port}");
        using var http = stage.NewClient();
        using var answer = await http.PostAsJsonAsync(
            new Uri(address, "/api/v1/sessions"),
            new { provider = "corp", id_token = _provider.IdToken(PliableIssuer.CliClient) }
        );
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        await LinkAsync(stage);
        var session = JsonElement.Parse(text).GetProperty("token").GetString()!;
        return BasculeClient.ForSession(address, new Secret(session), Path.Combine(stage.Folder, "ca.pem"));
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    private static async Task LinkAsync(BasculeStage stage)
    {
        var person = (await stage.Services.GetRequiredService<IPeopleStore>().ListAsync(10, default)).Single();
        var forge = stage.Services.GetRequiredService<ForgeConnections>().All[0].Uid;
        var account = stage.Forge.AddUser(Account, "only-for-this-Test-1");
        var link = new ForgeLink(forge, account.Id, account.Name, person.Uid, "posted code", DateTimeOffset.UtcNow);
        (
            await stage.Services.GetRequiredService<IWorkStore>().ApplyAsync([new SaveForgeLink(link)], default)
        ).Problem.ShouldBeNull();
    }
}
