using System.Text.Json;
using Bascule.Core.Runs;
using Bascule.Testing.Stage;
using Bascule.Testing.Storage;

namespace Bascule.EndToEnd.Keeping;

/// <summary>An installation that is copied, lost, restored and moved, by the words that an operator types.</summary>
public sealed class KeepingTests : IAsyncLifetime
{
    private BasculeStage _stage = null!;

    public async Task InitializeAsync() => _stage = await BasculeStage.SetAsync();

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    [Trait("Threat", "T146")]
    public async Task ARestoredInstallationActsOnNothingUntilItIsResumed()
    {
        await _stage.StartBinaryAsync();
        var repository = await _stage.CreateConnectedRepositoryAsync("kept", StageSource.Files);
        var before = await repository.PushChangeAsync("before the backup");
        await _stage.WaitForRunAsync(before);
        var backup = await JsonAsync("backup", _stage.Folder);
        var file = backup.GetProperty("file").GetString()!;
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await _stage.KillAsync();
        Directory.Delete(Path.Combine(_stage.DataFolder, "mirrors"), recursive: true);
        foreach (var lost in Directory.GetFiles(_stage.DataFolder, "bascule.db*"))
            File.Delete(lost);

        await DoneAsync("restore", file);
        (await RunAsync("restore", file)).ExitCode.ShouldBe(5);
        await _stage.StartBinaryAsync();
        var after = await repository.PushChangeAsync("after the restore");
        await _stage.Forge.WaitForHooksAsync();
        (await _stage.Client.StatusAsync(CancellationToken.None)).Value.Held.ShouldNotBeNull();
        (await RunAsync("connect")).ExitCode.ShouldBe(1);
        (await _stage.RunsOfAsync(after)).ShouldBeEmpty();

        await DoneAsync("resume");

        (await _stage.WaitForRunAsync(after)).Run.State.ShouldBe(RunState.Succeeded);
        (await _stage.RunsOfAsync(before)).ShouldHaveSingleItem();
        (await RunAsync("resume")).ExitCode.ShouldBe(5);
    }

    [Fact]
    public async Task AnInstallationGoesOnInPostgres()
    {
        await _stage.StartBinaryAsync();
        var repository = await _stage.CreateConnectedRepositoryAsync("moved", StageSource.Files);
        var before = await repository.PushChangeAsync("on SQLite");
        await _stage.WaitForRunAsync(before);
        var export = Path.Combine(_stage.Folder, "moving.export");
        (await RunAsync("export", export)).ExitCode.ShouldBe(6);
        await _stage.KillAsync();

        await DoneAsync("export", export);
        var postgres = await PostgresServer.SharedAsync();
        var address = postgres.AddressOf(await postgres.CreateDatabaseAsync());
        await File.WriteAllTextAsync(Path.Combine(_stage.Folder, "postgres"), address);
        await File.AppendAllTextAsync(_stage.SettingsFile, "\nstorage: { postgres: \"file:postgres\" }\n");
        await DoneAsync("import", export);
        await _stage.StartBinaryAsync();

        var after = await repository.PushChangeAsync("on PostgreSQL");
        (await _stage.WaitForRunAsync(after)).Run.State.ShouldBe(RunState.Succeeded);
        (await _stage.RunsOfAsync(before)).ShouldHaveSingleItem().State.ShouldBe(RunState.Succeeded);
    }

    [Fact]
    public async Task ADeliveryIsListedShownAndLookedAtAgain()
    {
        await _stage.StartBinaryAsync();
        var repository = await _stage.CreateConnectedRepositoryAsync("told", StageSource.Files);
        await _stage.WaitForRunAsync(await repository.PushChangeAsync("told once"));
        await _stage.SettleAsync();
        var list = await JsonAsync("event", "list", "--limit", "5");
        var uid = list.GetProperty("deliveries")[0].GetProperty("uid").GetString()!;

        (await JsonAsync("event", "replay", uid)).GetProperty("subject").GetString().ShouldBe(uid);

        await _stage.SettleAsync();
        var shown = await JsonAsync("event", "show", uid);
        shown.GetProperty("delivery").GetProperty("outcome").GetString().ShouldNotBeNullOrEmpty();
        shown.GetProperty("waiting").GetArrayLength().ShouldBe(0);
        (await JsonAsync("event", "list", "--quarantined")).GetProperty("quarantined").GetArrayLength().ShouldBe(0);
        (await RunAsync("event", "replay", "d-unknown")).ExitCode.ShouldBe(3);
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var command = await RunAsync([.. arguments, "--json"]);
        command.ExitCode.ShouldBe(0, command.Errors);
        return JsonDocument.Parse(command.Output).RootElement;
    }

    private async Task DoneAsync(params string[] arguments)
    {
        var command = await RunAsync(arguments);
        command.ExitCode.ShouldBe(0, command.Errors);
    }

    private Task<BasculeCommand> RunAsync(params string[] arguments) =>
        BasculeCommand.RunAsync(_stage.Folder, [.. arguments, "--config", _stage.SettingsFile]);
}
