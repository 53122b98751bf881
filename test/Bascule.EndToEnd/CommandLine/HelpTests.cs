using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>The words that people see first.</summary>
public sealed class HelpTests
{
    [Fact]
    public async Task HelpIsAsApproved()
    {
        var help = await BasculeCommand.RunAsync(Path.GetTempPath(), "--help");

        help.ExitCode.ShouldBe(0);
        var shown = string.Join('\n', help.Output.Split('\n').Select(line => line.TrimEnd())).Trim() + "\n";
        shown.ShouldBe(await File.ReadAllTextAsync(RepositoryFolder("HelpTests.approved.txt")));
    }

    [Fact]
    public async Task SuggestsTheCommandThatWasMeant()
    {
        var command = await BasculeCommand.RunAsync(Path.GetTempPath(), "serv");

        command.ExitCode.ShouldBe(2);
        (command.Errors + command.Output).ShouldContain("serve");
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "show")]
    [InlineData("--nonsense")]
    public async Task EndsWithTwoOnWrongWords(params string[] words)
    {
        var command = await BasculeCommand.RunAsync(Path.GetTempPath(), words);

        command.ExitCode.ShouldBe(2, command.Output + command.Errors);
    }

    private static string RepositoryFolder(string name) =>
        Testing.RepositoryFolder.PathOf(Path.Combine("test/Bascule.EndToEnd/CommandLine", name));
}
