using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Tests.Platforms.Airflow.Gate;

public sealed class DagPolicyReaderTests
{
    private static readonly SettingLocation Somewhere = new("policy.yaml", 3, 1);

    [Fact]
    public void ReadsEveryKey()
    {
        var policy = Read(
            out _,
            ("folder", Text("airflow/dags/")),
            ("max_files", Text("10")),
            ("max_file_bytes", Text("1000")),
            ("max_tasks", Text("7")),
            ("forbidden_imports", List("subprocess", "airflow.models")),
            ("require", List("owner", "schedule")),
            ("dynamic_ids", Text("refuse")),
            ("dynamic_tasks", Text("allow")),
            ("dynamic_imports", Text("refuse")),
            ("opaque", Text("warn")),
            ("ignore_syntax", Text("regexp"))
        )!;

        policy.ForbiddenImports.ShouldBe(["subprocess", "airflow.models"]);
        (policy with { ForbiddenImports = [] }).ShouldBe(
            new DagPolicy
            {
                Folder = "airflow/dags",
                MaxFiles = 10,
                MaxFileBytes = 1000,
                MaxTasks = 7,
                ForbiddenImports = [],
                RequireOwner = true,
                RequireSchedule = true,
                DynamicIds = DagStance.Refuse,
                DynamicTasks = DagStance.Allow,
                DynamicImports = DagStance.Refuse,
                Opaque = DagStance.Warn,
                IgnoreSyntax = IgnoreSyntax.Regexp,
            }
        );
    }

    [Fact]
    public void NothingIsTheUsualPolicy()
    {
        var policy = Read(out _)!;

        (policy with { ForbiddenImports = [] }).ShouldBe(new DagPolicy { ForbiddenImports = [] });
    }

    [Theory]
    [InlineData("max_file", "10", "is not a known key")]
    [InlineData("max_files", "0", "is not a whole number")]
    [InlineData("max_tasks", "many", "is not a whole number")]
    [InlineData("dynamic_ids", "deny", "is not understood")]
    [InlineData("opaque", "yes", "is not understood")]
    [InlineData("ignore_syntax", "gitignore", "is not understood")]
    [InlineData("folder", "../dags", "is no folder of a repository")]
    [InlineData("folder", "/dags", "is no folder of a repository")]
    public void RefusesWhatItDoesNotKnow(string key, string text, string message)
    {
        Read(out var problems, (key, Text(text))).ShouldBeNull();

        var problem = problems.ShouldHaveSingleItem();
        problem.Key.ShouldBe(key);
        problem.Message.ShouldContain(message);
        problem.Remedy.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("require", "tags")]
    [InlineData("forbidden_imports", "os system")]
    [InlineData("forbidden_imports", "os.")]
    [InlineData("forbidden_imports", "7z")]
    public void RefusesWhatIsInAListByMistake(string key, string text)
    {
        Read(out var problems, (key, List(text))).ShouldBeNull();

        problems.ShouldHaveSingleItem().Key.ShouldBe(key);
    }

    private static DagPolicy? Read(out List<SettingProblem> problems, params (string Key, SettingNode Value)[] entries)
    {
        problems = [];
        var map = new SettingMap(
            Somewhere,
            [.. entries.Select(entry => new SettingEntry(entry.Key, Somewhere, entry.Value))]
        );
        return DagPolicyReader.Read(map, problems);
    }

    private static SettingScalar Text(string text) => new(Somewhere, text, Quoted: false);

    private static SettingList List(params string[] texts) => new(Somewhere, [.. texts.Select(Text)]);
}
