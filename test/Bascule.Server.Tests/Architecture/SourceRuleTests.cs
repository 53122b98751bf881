using System.Text.RegularExpressions;

namespace Bascule.Server.Tests.Architecture;

public sealed partial class SourceRuleTests
{
    private const int LongestFile = 400;

    [Fact]
    [Trait("Threat", "T63")]
    public void NoShellIsEverStarted() =>
        Sources
            .Where(Sources.Below("src", ".cs"), (_, line) => IsShell(line))
            .ShouldBeEmpty("name the program and give it a list of arguments");

    [Theory]
    [InlineData("new ProcessStartInfo(\"sh\")", true)]
    [InlineData("Process.Start(\"/bin/bash\", x)", true)]
    [InlineData("new ProcessStartInfo(\"cmd.exe\")", true)]
    [InlineData("UseShellExecute = true,", true)]
    [InlineData("Arguments = \"-c x\",", true)]
    [InlineData("new ProcessStartInfo(_git)", false)]
    [InlineData("UseShellExecute = false,", false)]
    [Trait("Threat", "T63")]
    public void TheScanKnowsAShell(string line, bool isShell) => IsShell(line).ShouldBe(isShell);

    /// <summary>A child gets its arguments one by one: one text would be split by rules that nobody reads.</summary>
    [Fact]
    [Trait("Threat", "T61")]
    public void EveryChildProcessIsStartedWithoutShellAndWithAList() =>
        Sources
            .Below("src", ".cs")
            .Where(file =>
                Sources.Lines(file).Any(line => line.Contains("new ProcessStartInfo(", StringComparison.Ordinal))
            )
            .Where(file =>
                !Sources.Lines(file).Any(line => line.Contains("UseShellExecute = false", StringComparison.Ordinal))
            )
            .ShouldBeEmpty();

    /// <summary>Time comes in, so that tests can say what time it is. Simulators and the demo are outside; LoopbackAuthority signs for now.</summary>
    [Fact]
    public void NobodyReadsTheWallClock() =>
        Sources
            .Where(
                Sources.Below("src", ".cs", ".razor"),
                (file, line) =>
                    WallClock().IsMatch(line)
                    && !file.StartsWith("src/Bascule.Simulators/", StringComparison.Ordinal)
                    && !file.StartsWith("src/Bascule.Cli/", StringComparison.Ordinal)
            )
            .ShouldBeEmpty("take a TimeProvider");

    [Fact]
    public void NoFileIsTooLongToRead() =>
        Sources
            .AllCode("src")
            .Where(file => Sources.Lines(file).Length > LongestFile)
            .ShouldBeEmpty($"more than {LongestFile} lines");

    [Fact]
    public void NoFolderIsNamedByKind() =>
        Sources
            .AllCode("src")
            .Concat(Sources.AllCode("test"))
            .Where(file => ByKind().IsMatch(file))
            .ShouldBeEmpty("group by topic");

    private static bool IsShell(string line) => Shell().IsMatch(line);

    [GeneratedRegex(
        """
            "(/usr)?(/bin/)?(sh|bash|dash|zsh|cmd|cmd\.exe|powershell|pwsh)"|UseShellExecute = true|\bArguments = "
            """
    )]
    private static partial Regex Shell();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b")]
    private static partial Regex WallClock();

    [GeneratedRegex("/(Helpers|Utils|Common|Services|Models|Managers?|Interfaces)/")]
    private static partial Regex ByKind();
}
