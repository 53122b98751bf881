using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Capabilities;

/// <summary>What is left of a run when the server that sent it is gone.</summary>
public sealed class ProvenanceTests : IAsyncLifetime
{
    private readonly int _port = LoopbackPort.Find();
    private BasculeStage _stage = null!;

    public async Task InitializeAsync()
    {
        _stage = await BasculeStage.SetAsync(new() { PublicPort = _port });
        await _stage.StartBinaryAsync();
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    [Trait("Capability", "Provenance")]
    public async Task AStatementAboutARunVerifiesWithoutTheServer()
    {
        var repository = await _stage.CreateConnectedRepositoryAsync("churn");
        var commit = await repository.PushChangeAsync("to be verified for years");
        var run = (await _stage.WaitForRunAsync(commit)).Run;
        var folder = Directory.CreateDirectory(Path.Combine(_stage.Folder, "taken-away")).FullName;
        var statement = await _stage.WaitForStatementAsync(run.Id);
        await File.WriteAllBytesAsync(Path.Combine(folder, "run.intoto.jsonl"), statement.Envelope);
        using var anybody = _stage.NewClient();
        var keys = await anybody.GetStringAsync(new Uri($"https://127.0.0.1:{_port}/provenance/keys.pem"));
        await File.WriteAllTextAsync(Path.Combine(folder, "keys.pem"), keys);
        await _stage.KillAsync();

        var verified = await VerifyAsync(folder, commit);
        var other = await VerifyAsync(folder, new string('0', 40));

        verified.ExitCode.ShouldBe(0, verified.Output + verified.Errors);
        verified.Output.ShouldContain($"{commit} of refs/heads/main");
        other.ExitCode.ShouldBe(1, other.Output + other.Errors);
    }

    private static Task<BasculeCommand> VerifyAsync(string folder, string commit) =>
        BasculeCommand.RunAsync(
            folder,
            "verify",
            "run.intoto.jsonl",
            "--key",
            "keys.pem",
            "--subject",
            $"gitCommit:{commit}"
        );
}
