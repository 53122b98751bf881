using System.IO.Compression;
using System.Text.Json;
using Bascule.Client;
using Bascule.Testing.Audit;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Audit;

/// <summary>From a push to a pack that tells of it, on a real server.</summary>
public sealed class EvidenceOfARunTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    [Trait("Capability", "Evidence packs")]
    public async Task APushIsAChangeWithAStatementThatOpensslVerifies()
    {
        var repository = await quick.RepositoryAsync();
        var commit = await repository.PushChangeAsync("to be audited");
        var run = (await _stage.WaitForRunAsync(commit)).Run;

        var folder = await PackedAsync(run.Id);

        var changes = Directory.GetFiles(Path.Combine(folder, "changes-by-environment")).Select(File.ReadAllText);
        changes.ShouldContain(text =>
            text.Contains(run.Id, StringComparison.Ordinal) && text.Contains(commit, StringComparison.Ordinal)
        );
        File.ReadAllText(Path.Combine(folder, "code-changes.csv")).ShouldContain(commit);
        var row = File.ReadAllLines(Path.Combine(folder, "attestations.csv"))
            .First(line => line.Contains(run.Id, StringComparison.Ordinal))
            .Split(',');
        var verified = await VerifyBlocks.RunAsync(folder, "DSSEv1", ("DIGEST", row[^2]), ("KEY", row[^1]));
        verified.Output.ShouldContain(row[^1]);
        verified.Output.ShouldContain("Verified OK");
    }

    /// <summary>The statement is signed after the run has ended, and stands under a checkpoint a moment later: packed until it is there.</summary>
    private async Task<string> PackedAsync(string run)
    {
        using var log = new AuditLogClient(new Uri(_stage.LocalAddress, "/audit"), token: null, caFile: null);
        var key = (await log.ReadKeysAsync(default)).Value[0];
        using var patience = new CancellationTokenSource(Patience);
        for (var number = 0; ; number++)
        {
            var folder = Path.Combine(_stage.Folder, $"pack-{number}");
            string[] range = ["--from", "2020-01-01", "--to", "3000-01-01", "--framework", "soc2", "--key", key];
            var made = await BasculeCommand.RunAsync(
                _stage.Folder,
                ["evidence", .. range, "--out", $"{folder}.zip", "--config", _stage.SettingsFile, "--json"]
            );
            made.ExitCode.ShouldBe(0, made.Errors);
            await ZipFile.ExtractToDirectoryAsync($"{folder}.zip", folder, patience.Token);
            if (
                JsonDocument.Parse(made.Output).RootElement.GetProperty("statements").GetInt64() > 0
                && File.ReadAllText(Path.Combine(folder, "attestations.csv")).Contains(run, StringComparison.Ordinal)
            )
                return folder;
            await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
        }
    }
}
