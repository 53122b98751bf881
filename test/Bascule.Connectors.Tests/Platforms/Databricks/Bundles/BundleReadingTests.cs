using Bascule.Connectors.Platforms.Databricks.Bundles;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks.Bundles;

/// <summary>What a bundle may say before the CLI sees any of it.</summary>
public sealed class BundleReadingTests
{
    private const string Workspace = "https://dbx.example";
    private static readonly BundleTask Task = new("prod", "train_job");

    [Fact]
    public async Task ReadsABundleWhoseOtherTargetsSayWhatTheyLike()
    {
        var read = (await ReadAsync(ABundle())).Value;

        read.Name.ShouldBe("churn");
        read.RootPath.ShouldBe("/Workspace/Shared/.bundle/${bundle.name}/${bundle.target}");
        read.Files.ShouldBe(2);
    }

    [Theory]
    [InlineData("sync:\n  paths: [src]\n  exclude: [\"*.tmp\"]")]
    [InlineData("experimental:\n  skip_name_prefix_for_schema: true")]
    [InlineData("workspace:\n  host: https://dbx.example/")]
    [InlineData("x: 1", "extra.yml", "is no file that is included")]
    public async Task LetsThroughWhatDoesNoHarm(string text, string file = "resources/more.yml", string? why = null)
    {
        (await ReadAsync(ABundle().Add(file, text))).Problem.ShouldBeNull(why);
    }

    [Theory]
    [Trait("Threat", "T63")]
    [Trait("Threat", "T131")]
    [InlineData(
        "artifacts:\n  it:\n    build: curl evil",
        "resources/more.yml:1: artifacts runs code on Bascule's host"
    )]
    [InlineData("scripts:\n  it:\n    content: curl evil", "more.yml:1: scripts runs code")]
    [InlineData("python:\n  mutators: [\"a:b\"]", "more.yml:1: python runs code")]
    [InlineData("experimental:\n  scripts:\n    preinit: curl evil", "more.yml:2: experimental.scripts runs code")]
    [InlineData("experimental:\n  python:\n    resources: [\"a:b\"]", "more.yml:2: experimental.python runs code")]
    [InlineData("experimental:\n  pydabs:\n    enabled: true", "more.yml:2: experimental.pydabs runs code")]
    [InlineData("targets:\n  prod:\n    artifacts:\n      it:\n        build: x", "targets.prod.artifacts runs code")]
    [InlineData("environments:\n  prod:\n    mode: production", "environments is the former word")]
    [InlineData("surprise: 1", "more.yml:1: surprise is a key that Bascule does not let through")]
    [InlineData("bundle: &it\n  name: x", "has an anchor")]
    [InlineData("a: 1\n---\nartifacts: {}", "holds a second document")]
    public async Task RefusesWhatWouldRunCodeHere(string text, string fault)
    {
        var problem = (await ReadAsync(ABundle().Add("resources/more.yml", text))).Problem.ShouldNotBeNull();

        problem.Code.ShouldBe(ProblemCode.Denied);
        problem.Message.ShouldContain(fault);
    }

    [Theory]
    [Trait("Threat", "T142")]
    [InlineData("workspace:\n  host: https://evil.example", "workspace.host is not the address")]
    [InlineData("workspace:\n  host: ${var.host}", "workspace.host is not the address")]
    [InlineData(
        "targets:\n  prod:\n    workspace:\n      host: https://evil.example",
        "targets.prod.workspace.host is not"
    )]
    [InlineData("workspace:\n  profile: mine", "workspace.profile is a key that")]
    [InlineData("workspace:\n  auth_type: pat", "workspace.auth_type is a key that")]
    [InlineData("bundle:\n  engine: terraform", "bundle.engine would download Terraform")]
    [InlineData("bundle:\n  deployment:\n    lock:\n      enabled: false", "bundle.deployment may switch off the lock")]
    [InlineData("targets:\n  prod:\n    mode: development", "targets.prod.mode is development")]
    [InlineData(
        "resources:\n  jobs:\n    x:\n      name: ${workspace.current_user.userName}",
        "depends on ${workspace.current_user}"
    )]
    [InlineData("resources:\n  job_runs:\n    x:\n      job_id: 1", "resources.job_runs starts runs")]
    [InlineData(
        "resources:\n  jobs:\n    x:\n      git_source:\n        git_url: https://x",
        "jobs.x.git_source runs what a branch holds"
    )]
    public async Task RefusesWhatWouldLeadTheTokenOrTheApprovalAstray(string text, string fault) =>
        (await ReadAsync(ABundle().Add("resources/more.yml", text)))
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain(fault);

    [Theory]
    [Trait("Threat", "T67")]
    [InlineData("sync:\n  paths: [../../home]")]
    [InlineData("sync:\n  paths: [\"${var.where}\"]")]
    [InlineData("sync:\n  paths: [/etc/../etc]")]
    [InlineData("resources:\n  dashboards:\n    d:\n      file_path: ../../../etc/passwd")]
    [InlineData("resources:\n  dashboards:\n    d:\n      file_path: ${var.where}/../passwd")]
    [InlineData("include: [../other.yml]", "databricks.yml")]
    public async Task RefusesPathsThatLeadOutOfTheCommit(string text, string file = "resources/more.yml")
    {
        var tree = ABundle();
        tree.Add(file, file == "databricks.yml" ? Text("include:\n  - resources/*.yml", text) : text);

        (await ReadAsync(tree)).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Denied);
    }

    [Fact]
    [Trait("Threat", "T67")]
    public async Task LetsAPathClimbInsideTheBundle() =>
        (
            await ReadAsync(
                ABundle().Add("resources/more.yml", "resources:\n  dashboards:\n    d:\n      file_path: ../src/d.json")
            )
        ).Problem.ShouldBeNull();

    [Theory]
    [InlineData(".databricks/bundle/prod/variable-overrides.json", "the CLI's own folder")]
    [InlineData("bundle.yml", "stands beside databricks.yml")]
    [InlineData("databricks.yaml", "stands beside")]
    public async Task RefusesFilesThatTheCliWouldReadUnseen(string file, string fault) =>
        (await ReadAsync(ABundle().Add(file, "{}"))).Problem.ShouldNotBeNull().Message.ShouldContain(fault);

    [Fact]
    public async Task RefusesAnIncludedLink() =>
        (await ReadAsync(ABundle().Add("resources/more.yml", "../databricks.yml", TreeEntryKind.Symlink)))
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain("is a link");

    [Fact]
    public async Task RefusesMoreFilesThanItReads()
    {
        var tree = ABundle();
        for (var i = 0; i < 201; i++)
            tree.Add($"resources/{i}.yml", "{}");

        (await ReadAsync(tree)).Problem.ShouldNotBeNull().Message.ShouldContain("includes more than 200 files");
    }

    [Fact]
    public async Task SaysWhenThereIsNoBundle() =>
        (await ReadAsync(MemoryTree.Of(("train.py", ""))))
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain("databricks.yml: is not in the workflow's root");

    [Theory]
    [InlineData("prod", "other", "there is no job 'other' below resources.jobs; it has: train_job")]
    [InlineData("prod", "flow", "'flow' is a pipeline, and Bascule starts jobs")]
    [InlineData("staging", "train_job", "has no target 'staging'")]
    [InlineData("bare", "train_job", "targets.bare.workspace.root_path is no absolute path")]
    [InlineData("home", "train_job", "targets.home.workspace.root_path is no absolute path")]
    public async Task NamesWhatIsNotThere(string target, string run, string fault)
    {
        var tree = ABundle()
            .Add(
                "resources/more.yml",
                "resources:\n  pipelines:\n    flow:\n      name: x\ntargets:\n  bare:\n    default: false\n  home:\n    workspace:\n      root_path: ~/x"
            );

        var read = await BundleReading.ReadAsync(tree, new BundleTask(target, run), Workspace, default);

        read.Problem.ShouldNotBeNull().Message.ShouldContain(fault);
    }

    private static MemoryTree ABundle() =>
        MemoryTree.Of(
            ("databricks.yml", SimulatedBundleStage.Bundle),
            ("resources/train.yml", SimulatedBundleStage.Job)
        );

    private static string Text(string old, string text) =>
        SimulatedBundleStage.Bundle.ReplaceLineEndings("\n").Replace(old, text, StringComparison.Ordinal);

    private static Task<Result<BundleReading>> ReadAsync(MemoryTree tree) =>
        BundleReading.ReadAsync(tree, Task, Workspace, default);
}
