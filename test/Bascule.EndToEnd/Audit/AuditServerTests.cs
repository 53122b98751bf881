using System.IO.Compression;
using System.Text.Json;
using Bascule.Cli.Features.Audit;
using Bascule.Client;
using Bascule.EndToEnd.WaysIn;
using Bascule.Testing.Go;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Audit;

/// <summary>A server that works, and an auditor and a witness who do not trust it.</summary>
public sealed class AuditServerTests : IAsyncLifetime
{
    private readonly Machine _machine = new();
    private BasculeStage _stage = null!;
    private string _witness = "";
    private string _key = "";

    private string Address => new Uri(_stage.LocalAddress, "/audit").ToString();

    private string Folder => Path.Combine(_machine.Home, "log");

    public async Task InitializeAsync()
    {
        using (var signer = WitnessKey.OpenOrCreate(Path.Combine(_machine.Home, "witness.key"), "auditor").Value.Signer)
            _witness = signer.CosignatureKey.ToString();
        _stage = await BasculeStage.SetAsync(
            new StageOptions { MoreSettings = $"\naudit: {{ witnesses: [\"{_witness}\"] }}\n" }
        );
        await _stage.StartBinaryAsync();
        using var log = new AuditLogClient(new Uri(Address), token: null, caFile: null);
        _key = (await log.ReadKeysAsync(default)).Value[0];
        await _stage.WaitForAsync<object>(
            "a checkpoint",
            async () => (await log.ReadCheckpointAsync(default)).Problem is null ? this : null
        );
    }

    public async Task DisposeAsync()
    {
        await _stage.DisposeAsync();
        _machine.Dispose();
    }

    [Fact]
    [Trait("Threat", "T117")]
    [Trait("Capability", "Audit log")]
    public async Task AnAuditorChecksAllOfItAndOneEntry()
    {
        (await AuditAsync("verify", Address, "--key", _key)).Good().ShouldContain("VERIFIED");
        (await AuditAsync("export", Folder)).Good();
        (await AuditAsync("verify", Folder, "--since", Path.Combine(Folder, "checkpoint"))).Good();
        (await AuditAsync("prove", "1", "--out", "one")).Good();
        (await AuditAsync("verify", "one.tlog-proof", "--entry", "one.json")).Good();
        var shown = JsonDocument.Parse((await AuditAsync("show", "--type", "server.started", "--json")).Good());
        shown.RootElement.GetProperty("entries").GetArrayLength().ShouldBeGreaterThan(0);
        (await AuditAsync("show")).Good().ShouldContain("log.opened");

        if (GoProgram.Missing is null)
            GoProgram.Run("samples/audit-log-in-go", "-key", _key, Folder).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task ABackupIsHeldAgainstTheLogsKey()
    {
        var file = Path.Combine(_machine.Home, "copy.backup");
        (await _machine.BasculeAsync("backup", file, "--config", _stage.SettingsFile)).Good();

        (await AuditAsync("verify", file, "--key", _key)).Good().ShouldContain("VERIFIED");
    }

    [Fact]
    public async Task AWitnessCosignsAndIsHeard()
    {
        string[] words = ["witness", Address, "--key-file", "witness.key"];
        (await AuditAsync(words)).Code.ShouldBe(2);

        (await AuditAsync([.. words, "--key", _key, "--out", "cosigned"])).Good().ShouldContain("auditor");

        (await AuditAsync("verify", Address, "--checkpoint", "cosigned", "--witness", _witness))
            .Good()
            .ShouldContain("witnessed  by auditor");
        (await AuditAsync(words)).Good();
        (await AuditAsync("prove", "0", "--out", "first")).Good();
        (await AuditAsync("verify", "first.tlog-proof", "--entry", "first.json", "--witness", _witness)).Good();
    }

    [Fact]
    [Trait("Threat", "T117")]
    public async Task AnAuditorIsHandedAPackThatGoChecks()
    {
        var backup = Path.Combine(_machine.Home, "copy.backup");
        (await _machine.BasculeAsync("backup", backup, "--config", _stage.SettingsFile)).Good();

        (await EvidenceAsync("--key", _key, "--out", "server.zip", "--config", _stage.SettingsFile)).Good();
        (await EvidenceAsync("--log", backup, "--out", "backup.zip")).Good();

        foreach (var name in (string[])["server", "backup"])
        {
            var folder = Path.Combine(_machine.Home, name);
            await ZipFile.ExtractToDirectoryAsync($"{folder}.zip", folder);
            File.ReadAllText(Path.Combine(folder, "operations.csv")).ShouldContain("server.started");
            await File.WriteAllTextAsync(Path.Combine(folder, "keys"), _key);
            if (GoProgram.Missing is null)
                GoProgram
                    .Run(
                        "samples/evidence-in-go",
                        "-keys",
                        Path.Combine(folder, "keys"),
                        "-from",
                        "2026",
                        "-to",
                        "3000",
                        folder
                    )
                    .ExitCode.ShouldBe(0, name);
        }
    }

    [Fact]
    public async Task WhoIsNobodyReadsNoEntries()
    {
        var said = await _machine.BasculeAsync("audit", "verify", Address, "--key", _key);
        var packed = await EvidenceAsync("--log", Address, "--key", _key);

        said.Code.ShouldBe(4, said.All);
        packed.Code.ShouldBe(4, packed.All);
        Directory.GetFileSystemEntries(_machine.Home, "evidence-*").ShouldBeEmpty();
    }

    private Task<Said> EvidenceAsync(params string[] arguments) =>
        _machine.BasculeAsync([
            "evidence",
            "--from",
            "2020-01-01",
            "--to",
            "3000-01-01",
            "--framework",
            "iso27001",
            .. arguments,
        ]);

    private Task<Said> AuditAsync(params string[] arguments) =>
        _machine.BasculeAsync(["audit", .. arguments, "--config", _stage.SettingsFile]);
}
