using System.Net.Http.Json;
using System.Text.Json;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.EndToEnd.Capabilities;

/// <summary>An environment that asks for an approval, and somebody who is signed in and may give it. Forge, platform and provider are simulated.</summary>
public sealed class ApprovalTests : IAsyncLifetime
{
    private readonly int _port = LoopbackPort.Find();
    private PliableIssuer _provider = null!;
    private BasculeStage _stage = null!;

    private Uri Address => new($"https://127.0.0.1:{_port}");

    public async Task InitializeAsync()
    {
        _provider = await PliableIssuer.StartAsync();
        _stage = await BasculeStage.SetAsync(new() { PublicPort = _port, MoreSettings = Settings() });
        await File.WriteAllTextAsync(Path.Combine(_stage.Folder, "web.secret"), PliableIssuer.Secret);
        await _stage.StartInProcessAsync();
    }

    public async Task DisposeAsync()
    {
        await _stage.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    [Trait("Capability", "Approvals")]
    public async Task NothingRunsUntilSomebodyApprovesExactlyThatContent()
    {
        var repository = await _stage.CreateConnectedRepositoryAsync("live", Files());
        using var lead = await SignInAsync();
        var first = await WaitForAnswerAsync(await repository.PushChangeAsync("the first"));
        first.Run.State.ShouldBe(RunState.AwaitingApproval, first.Run.Reason);

        var other = await lead.ApproveRunAsync(first.Run.Id, "fine", new string('0', 64), default);
        var approved = await lead.ApproveRunAsync(first.Run.Id, "fine", first.PlanDigest, default);

        other.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
        approved.Problem.ShouldBeNull();
        (await _stage.WaitForRunAsync(first.Run.Commit)).Run.State.ShouldBe(RunState.Succeeded);
        var second = await WaitForAnswerAsync(await repository.PushChangeAsync("the second"));
        second.Run.State.ShouldBe(RunState.AwaitingApproval, "what was approved was another content");
        _stage.Databricks.PlatformRuns.ShouldBe(1);
    }

    private Task<RunDetail> WaitForAnswerAsync(string commit) =>
        _stage.WaitForRunAsync(commit, run => run.Run.Final || run.Run.State == RunState.AwaitingApproval);

    /// <summary>By the id token of a device flow; and the account at the forge that is theirs.</summary>
    private async Task<BasculeClient> SignInAsync()
    {
        using var http = _stage.NewClient();
        using var answer = await http.PostAsJsonAsync(
            new Uri(Address, "/api/v1/sessions"),
            new { provider = "corp", id_token = _provider.IdToken(PliableIssuer.CliClient) }
        );
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        await LinkAsync();
        var session = JsonElement.Parse(text).GetProperty("token").GetString()!;
        return BasculeClient.ForSession(Address, new Secret(session), Path.Combine(_stage.Folder, "ca.pem"));
    }

    private async Task LinkAsync()
    {
        var person = (await _stage.Services.GetRequiredService<IPeopleStore>().ListAsync(10, default)).Single();
        var forge = _stage.Services.GetRequiredService<ForgeConnections>().All[0].Uid;
        var account = _stage.Forge.AddUser("lea", "only-for-this-Test-1");
        var link = new ForgeLink(forge, account.Id, account.Name, person.Uid, "posted code", DateTimeOffset.UtcNow);
        (
            await _stage.Services.GetRequiredService<IWorkStore>().ApplyAsync([new SaveForgeLink(link)], default)
        ).Problem.ShouldBeNull();
    }

    private static Dictionary<string, string> Files() =>
        new(StageSource.Files)
        {
            [".bascule.yaml"] = StageSource.Workflow.Replace("ml-prod", "ml-live", StringComparison.Ordinal),
        };

    private string Settings() =>
        $$"""
              ml-live: { platform: dbx, catalog: main, repositories: ["git:ml/*"], branches: [main], approvals: { required: 1, from: ["group:ml-leads"] } }
            sign_in:
              corp: { issuer: "{{_provider.Url}}", client: "{{PliableIssuer.Client}}", secret: "file:web.secret", cli_client: {{PliableIssuer.CliClient}} }
            roles:
              - { role: approver, to: ["group:ml-leads"] }

            """;
}
