using System.Text.Json;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>From a push to a statement that verifies, on a real server with its own key.</summary>
public sealed class ProvenanceCommandTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    public async Task ARunThatEndedVerifiesByItsIdAndAgainstItsCommitOnly()
    {
        var repository = await quick.RepositoryAsync();
        var commit = await repository.PushChangeAsync("to be verified");
        var id = (await _stage.WaitForRunAsync(commit)).Run.Id;

        var verified = await SignedAsync(id);
        var other = await RunAsync("verify", id, "--subject", $"gitCommit:{new string('0', 40)}");
        var wrong = await RunAsync("verify", "0123456789");

        verified.ExitCode.ShouldBe(0, verified.Errors);
        verified.Output.ShouldContain($"{commit} of refs/heads/");
        verified.Output.ShouldContain("made");
        other.ExitCode.ShouldBe(1);
        wrong.ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task TheNextKeyIsPublishedAndTheSecondRotationIsRefused()
    {
        var first = (await JsonAsync("provenance", "key", "list")).GetProperty("keys");
        var next = await JsonAsync("provenance", "key", "rotate");
        var again = await RunAsync("provenance", "key", "rotate");

        first[first.GetArrayLength() - 1].GetProperty("state").GetString().ShouldBe("signing");
        next.GetProperty("state").GetString().ShouldBe("next");
        again.ExitCode.ShouldBe(5);
        again.Errors.ShouldContain("--now");
    }

    /// <summary>It is signed after the run has ended: asked for until it is there.</summary>
    private async Task<BasculeCommand> SignedAsync(string run)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var verified = await RunAsync("verify", run);
            if (verified.ExitCode != 3)
                return verified;
            await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
        }
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var command = await RunAsync([.. arguments, "--json"]);
        command.ExitCode.ShouldBe(0, command.Errors);
        return JsonDocument.Parse(command.Output).RootElement;
    }

    private Task<BasculeCommand> RunAsync(params string[] arguments) =>
        BasculeCommand.RunAsync(_stage.Folder, [.. arguments, "--config", _stage.SettingsFile]);
}
