using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>What a newcomer types first.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task KnowsNoOtherPlatform()
    {
        var demo = await BasculeCommand.RunAsync(Path.GetTempPath(), "demo", "--once", "--platform", "cron");

        demo.ExitCode.ShouldBe(2);
        demo.Errors.ShouldContain("airflow");
    }

    [Fact]
    public async Task KnowsNoOtherForge()
    {
        var demo = await BasculeCommand.RunAsync(Path.GetTempPath(), "demo", "--once", "--forge", "svn");

        demo.ExitCode.ShouldBe(2);
        demo.Errors.ShouldContain("gitea");
    }
}
