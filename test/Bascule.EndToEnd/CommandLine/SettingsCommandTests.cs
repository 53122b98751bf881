using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>From nothing to checked settings, as a person types it.</summary>
public sealed class SettingsCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-cli-").FullName;

    [Fact]
    public async Task ServesNothingWithoutSettingsAndNamesInit()
    {
        var serve = await BasculeCommand.RunAsync(_folder, "serve");

        serve.ExitCode.ShouldBe(2);
        serve.Errors.ShouldContain("bascule init");
        serve.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task LeadsFromInitToCheckedSettings()
    {
        (await BasculeCommand.RunAsync(_folder, "init")).ExitCode.ShouldBe(0);

        var unfilled = await BasculeCommand.RunAsync(_folder, "config", "check");
        unfilled.ExitCode.ShouldBe(2);
        unfilled.Output.ShouldContain("bascule.yaml:");
        FillIn();
        var filled = await BasculeCommand.RunAsync(_folder, "config", "check");

        filled.ExitCode.ShouldBe(0, filled.Errors);
    }

    [Fact]
    public async Task WritesOverNoSettings()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "bascule.yaml"), "mine");

        var init = await BasculeCommand.RunAsync(_folder, "init");

        init.ExitCode.ShouldBe(5);
        (await File.ReadAllTextAsync(Path.Combine(_folder, "bascule.yaml"))).ShouldBe("mine");
    }

    [Theory]
    [InlineData("approvals: { required: 1 }", "approvals.from")]
    [InlineData("subjet: x", "subjet")]
    public async Task TellsFileAndLineOfAKeyThatItDoesNotKnow(string line, string key)
    {
        (await BasculeCommand.RunAsync(_folder, "init")).ExitCode.ShouldBe(0);
        FillIn();
        await File.AppendAllTextAsync(Path.Combine(_folder, "bascule.yaml"), $"    {line}\n");

        var check = await BasculeCommand.RunAsync(_folder, "config", "check");
        var serve = await BasculeCommand.RunAsync(_folder, "serve");

        check.ExitCode.ShouldBe(2);
        check.Output.ShouldMatch($@"bascule\.yaml:\d+");
        check.Output.ShouldContain(key);
        serve.ExitCode.ShouldBe(2);
        serve.Errors.ShouldContain(key);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void FillIn()
    {
        var file = Path.Combine(_folder, "bascule.yaml");
        var text = File.ReadAllText(file)
            .Replace("<<https://bascule.example.com>>", "https://bascule.example.com", StringComparison.Ordinal)
            .Replace("<<application id>>", "6d0f7b1c-0000-4000-8000-00000000d3b0", StringComparison.Ordinal);
        File.WriteAllText(file, text);
        Directory.CreateDirectory(Path.Combine(_folder, "secrets"));
        var token = Path.Combine(_folder, "secrets", "git-token");
        File.WriteAllText(token, "0123456789abcdef0123456789abcdef01234567");
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
