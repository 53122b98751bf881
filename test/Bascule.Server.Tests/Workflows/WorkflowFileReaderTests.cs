using System.Text;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using Bascule.Server.Tests.Configuration;
using Bascule.Server.Workflows;
using Bascule.Testing;

namespace Bascule.Server.Tests.Workflows;

public sealed class WorkflowFileReaderTests
{
    private const string Small = """
        workflows:
          churn:
            root: ml/churn
            on:
              push: { branches: [main], environment: ml-prod }
            databricks: { job: 7 }
        """;

    private static readonly IReadOnlyList<IPlatformConnector> TwoKinds =
    [
        .. SettingsFolder.Platforms,
        new NamedPlatformConnector("airflow"),
    ];

    [Fact]
    public void ReadsTheSample()
    {
        var (file, problems) = WorkflowFileReader.Read(
            File.ReadAllBytes(RepositoryFolder.PathOf("samples/workflows/databricks.bascule.yaml")),
            ".bascule.yaml",
            SettingsFolder.Platforms
        );

        problems.ShouldBeEmpty();
        var workflow = file!.Workflows.Single();
        workflow.Name.ShouldBe("churn");
        workflow.Root.ShouldBe("churn");
        workflow.Push!.Branches.ShouldBe([Glob.Parse("main")]);
        workflow.Push.Environment.ShouldBe("ml-prod");
        workflow.PullRequest!.Environment.ShouldBe("ml-dev");
        workflow.PlatformKind.ShouldBe("databricks");
        workflow.Report.Metrics.ShouldBe(
            new Dictionary<string, MetricRule> { ["rmse"] = new(MetricGoal.Lower), ["auc"] = new(MetricGoal.Higher) },
            ignoreOrder: true
        );
        WorkflowMatcher
            .Match(file, new RefUpdateFacts(RefName.Parse("refs/heads/main"), ["churn/a"]))
            .ShouldHaveSingleItem();
    }

    [Fact]
    public void ReadsScheduleAndConcurrency()
    {
        var workflow = Read(
            Scheduled.Replace("root: ml/churn", "concurrency: { max_running: 2, cancel_in_progress: true }")
        )
            .File!.Workflows.Single();

        workflow.Schedule.ShouldBe(
            new ScheduleTrigger("0 3 * * 1-5", "Europe/Berlin", RefName.Parse("refs/heads/main"), "ml-prod")
        );
        workflow.Concurrency.ShouldBe(new Concurrency(2, CancelInProgress: true));
        Read(Small).File!.Workflows.Single().Concurrency.ShouldBe(Concurrency.Unchanged);
    }

    [Theory]
    [InlineData(
        "no time",
        "\"0 3 * * 1-5\"",
        "daily",
        "on.schedule.cron: is 'daily', which is not a time of five fields"
    )]
    [InlineData("never", "0 3 * * 1-5", "0 3 31 2 *", "on.schedule.cron: is '0 3 31 2 *', which never comes")]
    [InlineData(
        "no zone",
        "Europe/Berlin",
        "Berlin",
        "on.schedule.time_zone: names 'Berlin', which this server does not know"
    )]
    [InlineData(
        "a pattern",
        "branch: main",
        "branch: \"release/*\"",
        "on.schedule.branch: is not the name of a branch"
    )]
    [InlineData("a list", "branch: main", "branches: [main]", "on.schedule.branch: is missing")]
    [InlineData("nowhere", ", environment: ml-prod", "", "on.schedule.environment: is missing")]
    [InlineData(
        "none at all",
        "root: ml/churn",
        "concurrency: { max_running: 0 }",
        "concurrency.max_running: is not a whole number"
    )]
    [InlineData("a number", "root: ml/churn", "concurrency: 1", "concurrency: is not a map")]
    public void RefusesSchedulesAndLimitsThatCannotBe(string name, string piece, string replacement, string problem) =>
        Read(Scheduled.Replace(piece, replacement))
            .Problems.ShouldContain(found => $"{found}".Contains($"workflows.churn.{problem}"), customMessage: name);

    private const string Scheduled = """
        workflows:
          churn:
            root: ml/churn
            on:
              schedule: { cron: "0 3 * * 1-5", time_zone: Europe/Berlin, branch: main, environment: ml-prod }
            databricks: { job: 7 }
        """;

    [Fact]
    public void PlansPullRequestsOnlyWhenNoEnvironmentIsNamed() =>
        Read(Small.Replace("push: { branches: [main], environment: ml-prod }", "pull_request: { branches: [main] }"))
            .File!.Workflows.Single()
            .PullRequest!.Environment.ShouldBeNull();

    [Theory]
    [InlineData(
        "approvals",
        "root: ml/churn",
        "approvals: 1",
        "workflows.churn.approvals: is not available in this version"
    )]
    [InlineData("inputs", "root: ml/churn", "inputs: {}", "workflows.churn.inputs: is not available in this version")]
    [InlineData("lfs", "root: ml/churn", "lfs: [\"*.bin\"]", "workflows.churn.lfs: is not available in this version")]
    [InlineData(
        "manual",
        "push:",
        "manual: {}\n      push:",
        "workflows.churn.on.manual: is not available in this version"
    )]
    [InlineData(
        "tags",
        "branches: [main],",
        "branches: [main], tags: [v1],",
        "workflows.churn.on.push.tags: is not available in this version"
    )]
    public void RefusesWhatALaterVersionBrings(string name, string piece, string replacement, string problem) =>
        Problems(piece, replacement).ShouldContain(found => found.Contains(problem), customMessage: name);

    [Theory]
    [InlineData(
        "no trigger",
        "on:\n      push: { branches: [main], environment: ml-prod }",
        "",
        "workflows.churn.on: is missing"
    )]
    [InlineData(
        "empty trigger",
        "push: { branches: [main], environment: ml-prod }",
        "{}",
        "workflows.churn.on: holds nothing"
    )]
    [InlineData("unknown trigger", "push:", "pushed:", "workflows.churn.on.pushed: is not a known key")]
    [InlineData("no branches", "branches: [main], ", "", "workflows.churn.on.push.branches: is missing")]
    [InlineData("empty branches", "[main]", "[]", "workflows.churn.on.push.branches: holds nothing")]
    [InlineData("a word", "[main]", "main", "workflows.churn.on.push.branches: is not a list")]
    [InlineData("no pattern", "[main]", "[\"main|dev\", \"a[b]\"]", "holds the pattern 'a[b]', which holds one of")]
    [InlineData("no environment", ", environment: ml-prod", "", "workflows.churn.on.push.environment: is missing")]
    [InlineData("null environment", "ml-prod", "~", "workflows.churn.on.push.environment: has no value")]
    [InlineData(
        "empty paths",
        "branches: [main],",
        "branches: [main], paths: [],",
        "workflows.churn.on.push.paths: holds nothing"
    )]
    [InlineData(
        "no platform",
        "databricks: { job: 7 }",
        "",
        "workflows.churn: says on no platform what to run; add a block: databricks, airflow"
    )]
    [InlineData(
        "two platforms",
        "databricks:",
        "airflow: { run: x }\n    databricks:",
        "workflows.churn.airflow: is a second platform"
    )]
    [InlineData("wrong platform block", "job: 7", "jobb: 7", "workflows.churn.databricks.jobb: is not a known key")]
    [InlineData(
        "a direction",
        "root: ml/churn",
        "report: { metrics: { rmse: down } }",
        "workflows.churn.report.metrics.rmse: is neither lower nor higher"
    )]
    [InlineData("a name", "churn:", "Churn 1:", "workflows.Churn 1: is not a name")]
    [InlineData("no workflow", "workflows:", "workflow:", "workflows: is missing")]
    [Trait("Threat", "T55")]
    public void RefusesWhatIsMissingOrWrong(string name, string piece, string replacement, string problem) =>
        Problems(piece, replacement).ShouldContain(found => found.Contains(problem), customMessage: name);

    [Theory]
    [InlineData("/ml")]
    [InlineData("ml/")]
    [InlineData("ml//churn")]
    [InlineData("../ml")]
    [InlineData("ml/../churn")]
    [InlineData(".")]
    [InlineData("ml\\churn")]
    [InlineData("ml/*")]
    [InlineData(".git")]
    [InlineData("ml/.GIT/hooks")]
    [InlineData("\"\"")]
    [InlineData("~")]
    [Trait("Threat", "T67")]
    public void RefusesRootsThatAreNoFolderOfTheRepository(string root) =>
        Problems("root: ml/churn", $"root: {root}").ShouldHaveSingleItem().ShouldContain(":3:");

    [Fact]
    [Trait("Threat", "T55")]
    public void TakesNothingOfAFileThatIsWrongInOnePlace()
    {
        var (file, problems) = Read(Small + "\n  good-before: {}\n");

        file.ShouldBeNull();
        problems.ShouldNotBeEmpty();
    }

    [Fact]
    public void ReportsEverythingAtOnceInTheOrderOfTheFile()
    {
        var problems = Read(
            "workflows:\n  a: { on: { push: { branches: x } } }\n  b: { root: /, databricks: {} }\nx: 1"
        ).Problems;

        problems.Select(problem => problem.Location.Line).ShouldBeInOrder();
        problems.Select(problem => problem.Key).Distinct().Count().ShouldBeGreaterThanOrEqualTo(6);
    }

    [Fact]
    public void DefinesAWorkflowByWhatItSaysAndNotByHow()
    {
        var one = Read(Small).File!.Workflows[0].Definition;
        var same = Read(
            "# other layout\n"
                + Small.Replace("[main]", "[\n        'main'\n      ]").Replace("root: ml/churn", "root: \"ml/churn\"")
        );

        same.Problems.ShouldBeEmpty();
        same.File!.Workflows[0].Definition.ShouldBe(one);
        one.ShouldBe(
            """{"name":"churn","workflow":{"databricks":{"job":"7"},"on":{"push":{"branches":["main"],"environment":"ml-prod"}},"root":"ml/churn"}}"""
        );
    }

    [Theory]
    [InlineData("root: ml/churn", "root: ml/churn2")]
    [InlineData("job: 7", "job: 8")]
    [InlineData("[main]", "[main, dev]")]
    [InlineData("ml-prod", "ml-dev")]
    public void DefinesAnotherWorkflowWhenAnythingInItChanges(string piece, string replacement) =>
        Read(Small.Replace(piece, replacement))
            .File!.Workflows[0]
            .Definition.ShouldNotBe(Read(Small).File!.Workflows[0].Definition);

    private static IReadOnlyList<string> Problems(string piece, string replacement)
    {
        Small.ShouldContain(piece);
        var (file, problems) = Read(Small.Replace(piece, replacement, StringComparison.Ordinal));
        file.ShouldBeNull();
        return [.. problems.Select(problem => problem.ToString())];
    }

    private static (WorkflowFile? File, IReadOnlyList<SettingProblem> Problems) Read(string yaml) =>
        WorkflowFileReader.Read(Encoding.UTF8.GetBytes(yaml), ".bascule.yaml", TwoKinds);
}
