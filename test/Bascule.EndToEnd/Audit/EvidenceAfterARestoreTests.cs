using System.Text.Json;
using Bascule.Client;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Audit;

/// <summary>A restore begins a second log; what an auditor asks about the time before it stands in the first.</summary>
public sealed class EvidenceAfterARestoreTests : IAsyncLifetime
{
    private BasculeStage _stage = null!;

    public async Task InitializeAsync() => _stage = await BasculeStage.SetAsync();

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    public async Task CoversBothLogsOfTheServerAndOfABackup()
    {
        await _stage.StartBinaryAsync();
        await KeysAsync("/audit");
        await RestoreAsync();
        var keys = Path.Combine(_stage.Folder, "keys");
        await File.WriteAllLinesAsync(keys, await KeysAsync("/audit/2"));
        var backup = (await DoneAsync("backup", _stage.Folder)).GetProperty("file").GetString()!;

        var served = await PackAsync(keys, "--out", "served.zip");
        var kept = await PackAsync(keys, "--out", "kept.zip", "--log", backup);

        foreach (var pack in (JsonElement[])[served, kept])
        {
            pack.GetProperty("logs")
                .EnumerateArray()
                .Select(log => log.GetProperty("origin").GetString()![^6..])
                .ShouldBe(["/audit", "udit/2"]);
            pack.GetProperty("rows").GetProperty("exceptions.csv").GetInt64().ShouldBeGreaterThan(0);
        }
    }

    private async Task RestoreAsync()
    {
        var backup = (await DoneAsync("backup", _stage.Folder)).GetProperty("file").GetString()!;
        await _stage.KillAsync();
        foreach (var lost in Directory.GetFiles(_stage.DataFolder, "bascule.db*"))
            File.Delete(lost);
        await DoneAsync("restore", backup);
        File.Delete(backup);
        await _stage.StartBinaryAsync();
    }

    /// <summary>Of all logs, once the one at that path shows a checkpoint.</summary>
    private async Task<IReadOnlyList<string>> KeysAsync(string path)
    {
        using var log = new AuditLogClient(new Uri(_stage.LocalAddress, path), token: null, caFile: null);
        await _stage.WaitForAsync<object>(
            "a checkpoint",
            async () => (await log.ReadCheckpointAsync(default)).Problem is null ? this : null
        );
        using var newest = new AuditLogClient(new Uri(_stage.LocalAddress, "/audit"), token: null, caFile: null);
        return (await newest.ReadKeysAsync(default)).Value;
    }

    private Task<JsonElement> PackAsync(string keys, params string[] arguments)
    {
        string[] range = ["--from", "2020-01-01", "--to", "3000-01-01", "--framework", "sox", "--key", keys];
        return DoneAsync(["evidence", .. range, .. arguments]);
    }

    private async Task<JsonElement> DoneAsync(params string[] arguments)
    {
        var command = await BasculeCommand.RunAsync(
            _stage.Folder,
            [.. arguments, "--json", "--config", _stage.SettingsFile]
        );
        command.ExitCode.ShouldBe(0, command.Errors);
        return JsonDocument.Parse(command.Output).RootElement;
    }
}
