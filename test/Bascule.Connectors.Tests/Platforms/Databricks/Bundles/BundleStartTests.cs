using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Platforms;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks.Bundles;

/// <summary>What keeps a run from deploying something else than what was planned, by a stand-in for the Databricks CLI.</summary>
public sealed class BundleStartTests : IAsyncLifetime
{
    private const string Program = "print('trained')\n";

    private readonly SimulatedBundleStage _stage = new();

    public Task InitializeAsync() => _stage.InitializeAsync();

    public Task DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    [Trait("Threat", "T63")]
    [Trait("Threat", "T131")]
    public async Task TheRulesHoldAgainBeforeTheCliIsCalled()
    {
        var (code, platform) = (_stage.CodeOf(Program), _stage.Connect());
        var run = await PlannedAsync(platform, code);
        var before = _stage.Cli.Calls.Count;
        code.Tree.Add("resources/hook.yml", "experimental:\n  scripts:\n    preinit: touch /tmp/owned\n");

        var refused = (await run.StartAsync(platform)).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("experimental.scripts runs code on Bascule's host");
        _stage.Cli.Calls.Count.ShouldBe(before);
    }

    [Fact]
    [Trait("Threat", "T104")]
    public async Task WhatWasNeverComparedIsNotDeployed()
    {
        var (code, platform) = (_stage.CodeOf(Program), _stage.Connect());
        var planned = (await PlannedAsync(platform, code)).Started;
        var plan = JsonNode.Parse(planned.Run.Plan!)!;
        plan["bundle"]!["changes"] = null;
        var before = _stage.Cli.Calls.Count;

        var refused = await platform.StartAsync(
            new StartRequest(
                planned.Run with
                {
                    Plan = plan.ToJsonString(),
                },
                planned.Mark,
                planned.Task,
                planned.Environment,
                code.Tree,
                planned.Identity,
                planned.Audit,
                _ => { }
            ),
            default
        );

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
        _stage.Cli.Calls.Count.ShouldBe(before);
    }

    [Fact]
    public async Task WhatIsWithdrawnIsNotDeployed()
    {
        var platform = _stage.Connect();

        var run = await PlannedAsync(platform, _stage.CodeOf(Program));

        Deployments().ShouldBe(0);
        (await run.StartAsync(platform)).Problem.ShouldBeNull();
        Deployments().ShouldBe(1);
    }

    /// <summary>What somebody else has deployed in between would be deleted, and nobody has approved that.</summary>
    [Fact]
    [Trait("Threat", "T104")]
    [Trait("Threat", "T133")]
    public async Task ADeploymentThatBrokeOffGoesOnWithNothingElse()
    {
        var platform = _stage.Connect();
        var run = _stage.NewRun(_stage.CodeOf(Program));
        _stage.Cli.Break("die-when-done");
        (await run.StartAsync(platform)).Problem.ShouldNotBeNull();
        await UnlockAsync();
        var more = _stage.CodeOf(Program);
        more.Tree.Add(
            "resources/more.yml",
            SimulatedBundleStage.Job.Replace("train_job:", "other_job:", StringComparison.Ordinal)
        );
        (await _stage.NewRun(more).StartAsync(platform)).Problem.ShouldBeNull();
        var before = Deployments();

        var refused = (await run.StartAsync(platform)).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Conflict);
        refused.Message.ShouldContain("something else now than was planned");
        Deployments().ShouldBe(before);
    }

    /// <summary>Each part is harmless, and no rule for texts sees what becomes of them.</summary>
    [Fact]
    [Trait("Threat", "T67")]
    [Trait("Threat", "T131")]
    public async Task WhatVariablesHideIsRefusedBeforeAnythingIsPlanned()
    {
        var code = _stage.CodeOf(Program);
        code.Tree.Add(
            "resources/train.yml",
            SimulatedBundleStage.Job.Replace("src/train.py", "${var.dot}./token", StringComparison.Ordinal)
        );
        code.Tree.Add("resources/dot.yml", "variables:\n  dot:\n    default: \".\"\n");

        var refused = (await PlanAsync(_stage.Connect(), code)).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("is resolved to a path that leads out of the bundle's folder");
        _stage.Cli.Calls.ShouldNotContain(call => call.Arguments.StartsWith("bundle plan", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Threat", "T67")]
    public async Task AFileBesideTheTreeIsNotWritten()
    {
        var code = _stage.CodeOf(Program);
        code.Tree.Add("../no-settings", "[DEFAULT]\nhost = https://evil.example\n");

        var refused = (await PlanAsync(_stage.Connect(), code)).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("'../no-settings' is not a path below the tree");
    }

    [Fact]
    [Trait("Threat", "T67")]
    public async Task ALinkStaysBehind()
    {
        var (code, platform) = (_stage.CodeOf(Program), _stage.Connect());
        code.Tree.Add("src/link", "/etc/passwd", TreeEntryKind.Symlink);

        var plan = (await PlanAsync(platform, code)).Value;
        (await _stage.NewRun(code).StartAsync(platform)).Problem.ShouldBeNull();

        plan.Warnings.ShouldHaveSingleItem().ShouldStartWith("src/link is a symbolic link");
        _stage
            .Simulator.FilesUnder(SimulatedBundleStage.Root + "/files")
            .Keys.ShouldNotContain(path => path.EndsWith("link", StringComparison.Ordinal));
    }

    /// <summary>Planned, and not begun.</summary>
    private async Task<StagedRun> PlannedAsync(IPlatform platform, StagedCode code)
    {
        var run = _stage.NewRun(code);
        run.Withdrawn = Problem.Unavailable("not yet");
        (await run.StartAsync(platform)).Problem.ShouldNotBeNull().Message.ShouldBe("not yet");
        run.Withdrawn = null;
        return run;
    }

    private Task<Result<PlatformPlan>> PlanAsync(IPlatform platform, StagedCode code)
    {
        var run = _stage.NewRun(code);
        return platform.PlanAsync(run.Planned with { Access = new PlanAccess(_stage.Planner, run.Audit) }, default);
    }

    private int Deployments() =>
        _stage.Cli.Calls.Count(call => call.Arguments.StartsWith("bundle deploy", StringComparison.Ordinal));

    /// <summary>As a colleague does who has seen that nothing is alive any more.</summary>
    private async Task UnlockAsync()
    {
        using var colleague = _stage.Colleague();
        var body = new JsonObject { ["path"] = SimulatedBundleStage.Root + "/state/deploy.lock" };
        (await colleague.PostAsJsonAsync("/api/2.0/workspace/delete", body)).EnsureSuccessStatusCode();
    }
}
