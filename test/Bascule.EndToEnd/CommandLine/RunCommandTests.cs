using System.Text.Json;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>Runs as a person at a shell sees them, on a real server.</summary>
public sealed class RunCommandTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    public async Task ListsShowsWatchesAndRetriesARun()
    {
        var repository = await quick.RepositoryAsync();
        var commit = await repository.PushChangeAsync("for the command line");
        var id = (await _stage.WaitForRunAsync(commit)).Run.Id;

        var list = await JsonAsync(0, "run", "list", "--repository", repository.FullName);
        list[0].GetProperty("runs")[0].GetProperty("id").GetString().ShouldBe(id);
        var shown = await JsonAsync(0, "run", "show", id);
        shown[0].GetProperty("run").GetProperty("commit").GetString().ShouldBe(commit);
        var watched = await JsonAsync(0, "run", "watch", id);
        watched[^1].GetProperty("run").GetProperty("state").GetString().ShouldBe("succeeded");
        var again = await JsonAsync(0, "run", "retry", id);
        again[0].GetProperty("ordinal").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task CancelsARunAndEndsWithOneWhenWatchingIt()
    {
        var repository = await quick.RepositoryAsync(("train.py", "import time\ntime.sleep(600)\n"));
        var commit = await repository.PushChangeAsync("to be canceled");
        var id = (await _stage.WaitForRunAsync(commit, run => run.Run.Reason == "running")).Run.Id;

        var canceled = await JsonAsync(0, "run", "cancel", id);
        var watched = await JsonAsync(1, "run", "watch", id);

        canceled[0].GetProperty("cancel_requested").GetBoolean().ShouldBeTrue();
        watched[^1].GetProperty("run").GetProperty("state").GetString().ShouldBe("canceled");
        (await RunAsync("run", "cancel", id)).ExitCode.ShouldBe(5);
    }

    [Fact]
    public async Task SaysWhichRunThereIsNot()
    {
        var missing = await RunAsync("run", "show", "0123456789", "--json");

        missing.ExitCode.ShouldBe(3);
        missing.Output.ShouldBeEmpty();
        JsonDocument.Parse(missing.Errors).RootElement.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task ExaminesEveryConnectionAndSaysWhatIsBad()
    {
        await quick.RepositoryAsync();

        var good = await JsonAsync(0, "doctor");
        good.ShouldAllBe(finding => finding.GetProperty("kind").GetString() != "bad");
        _stage.Forge.Faults.GoOffline();
        var bad = await JsonAsync(1, "doctor");
        _stage.Forge.Faults.ComeBack();

        bad.ShouldContain(finding => finding.GetProperty("kind").GetString() == "bad");
    }

    /// <summary>Every line of the output, as JSON.</summary>
    private async Task<IReadOnlyList<JsonElement>> JsonAsync(int code, params string[] arguments)
    {
        var command = await RunAsync([.. arguments, "--json"]);
        command.ExitCode.ShouldBe(code, command.Errors + command.Output);
        return
        [
            .. command
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement),
        ];
    }

    private Task<BasculeCommand> RunAsync(params string[] arguments) =>
        BasculeCommand.RunAsync(_stage.Folder, [.. arguments, "--config", _stage.SettingsFile]);
}
