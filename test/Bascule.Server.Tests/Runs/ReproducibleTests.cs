using System.Reflection;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using Bascule.Server.Connections;
using Bascule.Server.Runs.Reproducing;
using Bascule.Server.Tests.World;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Runs;

public sealed class ReproducibleTests
{
    private static readonly Run Ran = ARun() with { Plan = "{}", PlatformRunId = "p-1" };

    public static TheoryData<string, Run> Others =>
        new()
        {
            { "is itself a reproduction; reproduce run 0123456789", Ran with { Reproduces = new RunId("0123456789") } },
            { "is a rollback", Ran with { RollsBack = [new RunId("0123456789")] } },
            { "has not ended", Ran with { State = RunState.Started, FinishedAt = null } },
            { "never ran", Ran with { State = RunState.Refused, PlatformRunId = null } },
            { "never ran", Ran with { State = RunState.Failed, PlatformRunId = null } },
            { "never ran", Ran with { Plan = null } },
            { "never ran", Ran with { Environment = null, PlatformRunId = null } },
            { "was canceled, so there is no outcome", Ran with { State = RunState.Canceled } },
            { "environment 'gone' is not in bascule.yaml any more", Ran with { Environment = "gone" } },
        };

    [Theory]
    [InlineData(RunState.Succeeded)]
    [InlineData(RunState.Failed)]
    public void IsWhatEndedAtItsPlatform(RunState state)
    {
        var told = Reproducible.Of(Ran with { State = state }, On(new FakePlatform { Model = "churn" }));

        told.Value.Unpinned.ShouldBe(["the weather in the lab"]);
        told.Value.Model.ShouldBe("churn");
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void IsNothingElse(string because, Run run) =>
        Reproducible.Of(run, On(new FakePlatform())).Problem.ShouldNotBeNull().Message.ShouldContain(because);

    [Fact]
    public void IsNoDeployment()
    {
        var refused = Reproducible.Of(Ran, On(DispatchProxy.Create<IPlatform, Deploying>()));

        refused.Problem.ShouldNotBeNull().Message.ShouldContain($"bascule run retry {Ran.Id}");
    }

    private static EnvironmentConnections On(IPlatform platform) =>
        new([
            new EnvironmentConnection(
                "e-1",
                new EnvironmentRule("ml-prod", "lab", [], [Glob.Parse("main")], PullRequests: false),
                platform,
                new LabEnvironment()
            ),
        ]);

    /// <summary>A platform without any role.</summary>
    public class Deploying : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => "dags-1";
    }
}
