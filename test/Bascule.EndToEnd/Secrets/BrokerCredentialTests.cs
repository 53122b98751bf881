using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Simulators.Secrets;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Secrets;

/// <summary>
/// The one powerful credential, from where it is kept to the wire: nothing that Bascule starts, writes or says has it. A source of secrets is simulated.
/// </summary>
[Trait("Threat", "T93")]
public sealed class BrokerCredentialTests : IAsyncLifetime
{
    private const string ForgeToken = "forge+Tok/en=%41&'q'\"~broker-7f3a";
    private const string Variable = "BASCULE_E2E_FORGE_TOKEN";
    private readonly ConcurrentDictionary<string, bool> _children = new();
    private readonly Canary _canary = new("forge token", ForgeToken);
    private BasculeStage _stage = null!;

    public async Task InitializeAsync() =>
        _stage = await BasculeStage.SetAsync(new StageOptions { ForgeToken = ForgeToken });

    public async Task DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        await _stage.DisposeAsync();
    }

    [Fact]
    public async Task ATokenOfTheEnvironmentReachesNoChildNoFileAndNoMetric()
    {
        Environment.SetEnvironmentVariable(Variable, ForgeToken);
        Settle("\"file:forge.token\"", $"\"env:{Variable}\"");
        await _stage.StartBinaryAsync();

        await RunAsync();

        File.ReadLines($"/proc/{_stage.ProcessId}/limits")
            .Single(line => line.StartsWith("Max core file size", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[4..6]
            .ShouldBe(["0", "0"]);
        await SearchAsync();
        _children.Keys.ShouldAllBe(child => !child.Contains(Variable, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ATokenOfAVaultThatTrustsBasculeItselfReachesNothingElse()
    {
        await using var vault = await VaultAsync();
        await _stage.StartBinaryAsync();

        await RunAsync();

        await SearchAsync();
        vault.Asked[0].ShouldBe("POST /v1/auth/jwt/login");
        vault.Asked.ShouldContain("GET /v1/secret/data/bascule/forge");
    }

    [Fact]
    public async Task NothingIsServedWhileASecretIsMissing()
    {
        await using var vault = await VaultAsync();
        vault.Delete("bascule/forge");

        var gone = await Should.ThrowAsync<InvalidOperationException>(_stage.StartBinaryAsync());
        vault.GoOffline();
        var away = await Should.ThrowAsync<InvalidOperationException>(_stage.StartBinaryAsync());

        gone.Message.ShouldContain("forges.git.token: secrets.vault: cannot read secret/bascule/forge");
        away.Message.ShouldContain($"forges.git.token: secrets.vault: cannot log in: {Origin(vault)} did not answer");
        (gone.Message + away.Message).ShouldNotContain("Bascule serves");
    }

    private async Task<VaultSimulator> VaultAsync()
    {
        var vault = await VaultSimulator.StartAsync(_stage.Authority);
        vault.Put("bascule/forge", "token", ForgeToken);
        var issuer = File.ReadLines(_stage.SettingsFile).First()["url: ".Length..];
        vault.AddRole("bascule", new TrustedIssuer(issuer, Origin(vault), "secrets:vault"), "bascule/");
        Settle("\"file:forge.token\"", "\"vault:secret/bascule/forge#token\"");
        await File.AppendAllTextAsync(
            _stage.SettingsFile,
            $$"""

            secrets:
              vault: { url: "{{Origin(vault)}}", ca: ca.pem, login: { jwt: { role: bascule } } }

            """
        );
        return vault;
    }

    /// <summary>Another place for the token, and no file of it any more.</summary>
    private void Settle(string written, string instead)
    {
        var text = File.ReadAllText(_stage.SettingsFile);
        text.ShouldContain(written);
        File.WriteAllText(_stage.SettingsFile, text.Replace(written, instead, StringComparison.Ordinal));
        File.Delete(Path.Combine(_stage.Folder, "forge.token"));
    }

    private async Task RunAsync()
    {
        using var watching = _stage.Watch(passing =>
        {
            if (passing is { Side: Side.Forge, Moment: Moment.Before })
                foreach (var child in ChildProcesses.LookAt(_stage.ProcessId, withRoot: false))
                    _children[child] = true;
            return Task.CompletedTask;
        });
        var repository = await _stage.CreateConnectedRepositoryAsync("churn");
        var run = await _stage.WaitForRunAsync(await repository.PushChangeAsync("all is well"));
        run.Run.State.ShouldBe(RunState.Succeeded);
        _stage.Forge.Faults.FailNext("GET", "/info/refs.service=git-upload-pack", 401);
        _stage.Forge.Faults.FailNext("POST", "/statuses/", 401);
        await _stage.WaitForRunAsync(await repository.PushChangeAsync("nobody is let in"));
    }

    private async Task SearchAsync()
    {
        _children.Keys.ShouldContain(child => child.Contains("git", StringComparison.Ordinal));
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(_stage.LocalAddress, "/metrics"));
        var runs = await _stage.Client.ListRunsAsync(new RunQuery(), CancellationToken.None);
        await _stage.KillAsync();
        var places = _children
            .Keys.Select(child => ("a child", Encoding.UTF8.GetBytes(child)))
            .Append(("metrics", Encoding.UTF8.GetBytes(metrics)))
            .Append(("standard streams", Encoding.UTF8.GetBytes(_stage.Written)))
            .Append(("API", JsonSerializer.SerializeToUtf8Bytes(runs.Value, ApiJson.Default.RunList)))
            .Concat(
                Directory
                    .EnumerateFiles(_stage.DataFolder, "*", SearchOption.AllDirectories)
                    .Select(file => (file, File.ReadAllBytes(file)))
            );

        places
            .Select(place => (place.Item1, _canary.FindIn(place.Item2)))
            .Where(leak => leak.Item2 is not null)
            .ShouldBeEmpty();
    }

    private static string Origin(VaultSimulator vault) => vault.Url.GetLeftPart(UriPartial.Authority);
}
