using Bascule.Core;
using Bascule.Server.Tests.Configuration;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests;

[Trait("Threat", "T20")]
public sealed class RuntimeCheckTests
{
    [Theory]
    [InlineData("10.0.0")]
    [InlineData("10.0.0-rtm.25523.111")]
    [InlineData("10.0.7")]
    [InlineData("10.0.1-servicing.25569.105")]
    [InlineData("11.0.0-preview.1.26101.1")]
    public void TakesAWebServerInWhichTheHoleIsMended(string version) =>
        RuntimeCheck.Judge(version).Problem.ShouldBeNull();

    [Theory]
    [InlineData("10.0.0-rc.1.25451.107")]
    [InlineData("10.0.0-rc.2.25502.107")]
    [InlineData("10.0.0-preview.7.25380.108")]
    [InlineData("9.0.11")]
    [InlineData("8.0.20")]
    [InlineData("")]
    [InlineData("unknown")]
    public void RefusesAnOlderOrUnknownOneWithTheRemedy(string version)
    {
        var problem = RuntimeCheck.Judge(version).Problem.ShouldNotBeNull();

        problem.Code.ShouldBe(ProblemCode.Denied);
        problem.Message.ShouldContain("CVE-2025-55315");
        problem.Message.ShouldContain("install a newer ASP.NET Core runtime");
    }

    [Fact]
    public void KnowsTheVersionInThisProcess() => RuntimeCheck.Judge(RuntimeCheck.Running).Problem.ShouldBeNull();

    [Fact]
    public async Task TheServerDoesNotStartOnAnOlderOne()
    {
        using var folder = new SettingsFolder();
        var settings = folder.Load(SettingsFolder.Full).Settings!;

        var started = await Host.StartAsync(
            settings,
            TimeProvider.System,
            logs => logs.SetMinimumLevel(LogLevel.None),
            "9.0.9",
            default
        );

        started.Problem!.Message.ShouldContain("9.0.9");
        Directory.Exists(settings.DataFolder).ShouldBeFalse();
    }
}
