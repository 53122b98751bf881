using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;

namespace Bascule.Core.Tests.Workflows;

public sealed class WorkflowMatcherTests
{
    private static readonly RefName Main = RefName.Parse("refs/heads/main");

    [Theory]
    [InlineData("under the root", "churn/a/train.py", true)]
    [InlineData("beside the root", "churn2/train.py", false)]
    [InlineData("a file named as the root", "churn", false)]
    [InlineData("elsewhere", "README.md", false)]
    public void RunsForAnyChangeUnderTheRootByDefault(string name, string path, bool expected) =>
        Matches(AWorkflow(root: "churn"), path).ShouldBe(expected, name);

    [Fact]
    public void RunsForEveryPushWhenTheRootIsTheWholeRepository()
    {
        Matches(AWorkflow(), "README.md").ShouldBeTrue();
        Matches(AWorkflow()).ShouldBeTrue();
        Matches(AWorkflow(root: "churn")).ShouldBeFalse();
    }

    [Fact]
    public void FiltersByPathsInsteadOfTheRootWhereThereAreAny()
    {
        var workflow = AWorkflow(root: "churn", paths: ["churn/**", "shared/*.csv"]);

        Matches(workflow, "docs/a.md", "shared/data.csv").ShouldBeTrue();
        Matches(workflow, "shared/deep/data.csv").ShouldBeFalse();
        Matches(workflow, "churn/../docs/a.md").ShouldBeFalse();
    }

    [Fact]
    public void RunsForEachOfSeveralBranches()
    {
        var workflow = AWorkflow() with
        {
            Push = new PushTrigger([Glob.Parse("main"), Glob.Parse("dev")], [], "ml-prod"),
        };
        var dev = new RefUpdateFacts(RefName.Parse("refs/heads/dev"), ["a.txt"]);

        WorkflowMatcher.Match(AFile(workflow), dev).Count.ShouldBe(1);
        WorkflowMatcher.Match(AFile(AWorkflow()), dev).ShouldBeEmpty();
    }

    [Fact]
    public void RunsWhenEverythingCountsAsChanged() =>
        WorkflowMatcher
            .Match(AFile(AWorkflow(root: "churn", paths: ["x/**"])), new RefUpdateFacts(Main, ChangedPaths: null))
            .Count.ShouldBe(1);

    [Theory]
    [InlineData("refs/heads/main", true)]
    [InlineData("refs/heads/dev", false)]
    [InlineData("refs/tags/main", false)]
    [InlineData("refs/pull/1/head", false)]
    public void RunsForItsBranchesOnly(string name, bool expected) =>
        WorkflowMatcher
            .Match(AFile(AWorkflow()), new RefUpdateFacts(RefName.Parse(name), ["train.py"]))
            .Any()
            .ShouldBe(expected);

    [Fact]
    public void TakesEachWorkflowThatFitsWithItsEnvironment()
    {
        var file = AFile(AWorkflow("a", root: "a"), AWorkflow("b", root: "b"), AWorkflow("c", root: "a"));

        var matched = WorkflowMatcher.Match(file, new RefUpdateFacts(Main, ["a/x", "c/y"]));

        matched
            .Select(match => (match.Workflow.Name, match.Environment))
            .ShouldBe([("a", "ml-prod"), ("c", "ml-prod")]);
    }

    [Fact]
    public void GivesAPullRequestTheEnvironmentThatTheFileNamesForIt()
    {
        var matched = WorkflowMatcher.Match(
            AFile(AWorkflow()),
            new PullRequestFacts(Main, ["train.py"], FromFork: false)
        );

        matched.Single().Environment.ShouldBe("ml-dev");
        matched.Single().PlanOnlyBecause.ShouldBeNull();
    }

    [Fact]
    public void PlansAPullRequestOnlyWhenTheFileNamesNoEnvironment()
    {
        var workflow = AWorkflow() with
        {
            PullRequest = new PullRequestTrigger([Glob.Parse("main")], [], Environment: null),
        };

        var matched = WorkflowMatcher.Match(AFile(workflow), new PullRequestFacts(Main, ["train.py"], FromFork: false));

        matched.Single().Environment.ShouldBeNull();
        matched.Single().PlanOnlyBecause.ShouldBe("workflow 'churn' names no environment for pull requests");
    }

    [Fact]
    [Trait("Threat", "T102")]
    public void PlansHeadsFromForksOnlyWhateverTheFileSays()
    {
        var matched = WorkflowMatcher.Match(
            AFile(AWorkflow()),
            new PullRequestFacts(Main, ["train.py"], FromFork: true)
        );

        matched.Single().Environment.ShouldBeNull();
        matched.Single().PlanOnlyBecause.ShouldBe("a head from a fork gets a plan only");
    }

    [Fact]
    [Trait("Threat", "T138")]
    public void PlansWhatTakesARollbackIntoTheRepositoryOnlyWhateverTheFileSays()
    {
        var facts = new PullRequestFacts(Main, ["train.py"], FromFork: false) { IsRevert = true };

        var matched = WorkflowMatcher.Match(AFile(AWorkflow()), facts);

        matched.Single().Environment.ShouldBeNull();
        matched.Single().PlanOnlyBecause.ShouldBe("what takes a rollback into the repository gets a plan only");
    }

    [Fact]
    public void LeavesPullRequestsIntoOtherBranchesAlone() =>
        WorkflowMatcher
            .Match(
                AFile(AWorkflow()),
                new PullRequestFacts(RefName.Parse("refs/heads/dev"), ["train.py"], FromFork: false)
            )
            .ShouldBeEmpty();

    [Fact]
    public void LeavesEventsAloneThatAWorkflowDoesNotName()
    {
        var file = AFile(AWorkflow() with { Push = null }, AWorkflow("b") with { PullRequest = null });

        WorkflowMatcher.Match(file, new RefUpdateFacts(Main, null)).Single().Workflow.Name.ShouldBe("b");
        WorkflowMatcher.Match(file, new PullRequestFacts(Main, null, false)).Single().Workflow.Name.ShouldBe("churn");
    }

    private static bool Matches(Workflow workflow, params string[] changed) =>
        WorkflowMatcher.Match(AFile(workflow), new RefUpdateFacts(Main, changed)).Any();

    private static WorkflowFile AFile(params Workflow[] workflows) => new(workflows);

    private static Workflow AWorkflow(string name = "churn", string root = "", string[]? paths = null) =>
        new()
        {
            Name = name,
            Root = root,
            Push = new PushTrigger([Glob.Parse("main")], [.. (paths ?? []).Select(Glob.Parse)], "ml-prod"),
            PullRequest = new PullRequestTrigger([Glob.Parse("main")], [], "ml-dev"),
            PlatformKind = "databricks",
            Task = new NoTask(),
            Definition = "{}",
        };

    private sealed record NoTask : PlatformTask;
}
