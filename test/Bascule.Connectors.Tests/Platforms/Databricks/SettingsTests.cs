using Bascule.Connectors.Platforms.Databricks;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

public sealed class SettingsTests
{
    private const string Client = "0f3c2a1e-1111-2222-3333-444455556666";
    private static readonly ConnectionHost Host = new(
        TimeProvider.System,
        "/etc/bascule",
        new Uri("https://bascule.example")
    );
    private readonly DatabricksConnector _connector = new();

    [Fact]
    public void OpensAConnection()
    {
        var (reader, problems) = SettingTree.Read(
            $$"""{"kind":"databricks","url":"https://dbx.example","login":{"federation":{"client":"{{Client}}"} } }"""
        );

        using var platform = (IDisposable?)_connector.Open("dbx", reader, Host);

        problems.ShouldBeEmpty();
        ((IPlatform)platform!).Name.ShouldBe("dbx");
        ((IPlatform)platform).Kind.ShouldBe(_connector.Kind);
    }

    [Fact]
    public void ReadsEverySettingOfAConnection()
    {
        var (reader, _) = SettingTree.Read(
            $$"""{"url":"https://dbx.example/","folder":"/Workspace/Teams/ml","login":{"federation":{"client":"{{Client}}","audience":"acc"} } }"""
        );

        var options = DatabricksOptions.Read("dbx", reader, Host)!;

        options.Folder.ShouldBe("/Workspace/Teams/ml");
        options.Audience.ShouldBe("acc");
        options.Workspace.ShouldBe("https://dbx.example");
    }

    [Fact]
    public void ReadsWhichJobsToObserve()
    {
        var environment = DatabricksEnvironment.Read(
            SettingTree.Read("""{"observe":{"jobs":["churn nightly","123456789"]} }""").Reader
        )!;

        environment.Observe.Jobs.ShouldBe(["churn nightly", "123456789"]);
        environment.Observe.Jobs.Select(ObservedThings.JobId).ShouldBe([null, 123456789]);
        environment.Jobs.ShouldBeEmpty("to observe a job does not let a workflow start it");
    }

    [Theory]
    [InlineData("too many", "names more than 20")]
    [InlineData("twice", "names a job twice")]
    [InlineData("control", "not 1 to 200 plain characters")]
    [InlineData("long", "not 1 to 200 plain characters")]
    [InlineData("empty", "not 1 to 200 plain characters")]
    public void RefusesJobsThatCannotBeObserved(string which, string fault)
    {
        string[] jobs = which switch
        {
            "too many" => [.. Enumerable.Range(1, 21).Select(i => $"job {i}")],
            "twice" => ["a", "a"],
            "control" => ["a\nb"],
            "long" => [new string('a', 201)],
            _ => [""],
        };
        var (reader, problems) = SettingTree.Read(
            $$"""{"observe":{"jobs":{{System.Text.Json.JsonSerializer.Serialize(jobs)}}} }"""
        );

        DatabricksEnvironment.Read(reader).ShouldBeNull();

        problems.ShouldHaveSingleItem().Key.ShouldBe("observe.jobs");
        problems[0].Message.ShouldContain(fault);
    }

    [Theory]
    [InlineData("models", "a.b.c")]
    [InlineData("models", "a'b")]
    [InlineData("experiments", "Shared")]
    [InlineData("experiments", "/Shared/../x")]
    public void ModelsWithACatalogAndRelativeExperimentsAreNotObserved(string key, string name)
    {
        var (reader, problems) = SettingTree.Read($$"""{"observe":{"{{key}}":["{{name}}"]} }""");

        DatabricksEnvironment.Read(reader).ShouldBeNull();

        problems.ShouldHaveSingleItem().Key.ShouldBe($"observe.{key}");
    }

    [Fact]
    public void TakesTwentyJobs()
    {
        var jobs = string.Join(',', Enumerable.Range(1, 20).Select(i => $"\"job {i}\""));

        DatabricksEnvironment
            .Read(SettingTree.Read($$"""{"observe":{"jobs":[{{jobs}}]} }""").Reader)!
            .Observe.Jobs.Count.ShouldBe(20);
    }

    [Fact]
    public void SaysAllThatIsWrongWithAConnectionAtOnce()
    {
        var (reader, problems) = SettingTree.Read(
            """{"url":"http://dbx.example","ca":"none.pem","folder":"../x","login":{"federation":{"client":"a b","audience":"","secret":"x"},"token":"t"} }"""
        );

        _connector.Open("dbx", reader, Host).ShouldBeNull();

        problems
            .Select(problem => problem.Key)
            .Order(StringComparer.Ordinal)
            .ShouldBe([
                "ca",
                "folder",
                "login.federation.audience",
                "login.federation.client",
                "login.federation.secret",
                "login.token",
                "url",
            ]);
    }

    [Theory]
    [InlineData("""{}""", "url login")]
    [InlineData("""{"url":"https://dbx.example/path","login":{"federation":{"client":"a"} } }""", "url")]
    [InlineData("""{"url":"https://dbx.example","login":{ } }""", "login.federation")]
    [InlineData("""{"url":"https://dbx.example","login":{"federation":{ } } }""", "login.federation.client")]
    [InlineData("""{"url":"https://dbx.example","login":"token"}""", "login")]
    public void NamesWhatAConnectionLacks(string json, string keys)
    {
        var (reader, problems) = SettingTree.Read(json);

        _connector.Open("dbx", reader, Host).ShouldBeNull();

        problems.Select(problem => problem.Key).ShouldBe(keys.Split(' '));
    }

    [Fact]
    public void LeavesTheKeysOfOthersInAConnectionAndAnEnvironmentAlone()
    {
        var (reader, problems) = SettingTree.Read("""{"platform":"dbx","branches":["main"],"catalog":"main"}""");

        ((DatabricksEnvironment?)_connector.ReadEnvironment(reader))!.Catalog.ShouldBe("main");

        problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"cluster":"c1","policy":"p1"}""", "policy")]
    [InlineData("""{"node_type":"m5"}""", "node_type")]
    [InlineData("""{"schema":"churn"}""", "schema")]
    [InlineData("""{"catalog":"a.b"}""", "catalog")]
    [InlineData("""{"experiments":"x"}""", "experiments")]
    [InlineData("""{"jobs":["all"]}""", "jobs")]
    [InlineData("""{"policy":"p","workers":-1}""", "workers")]
    [InlineData("""{"environment_version":"four"}""", "environment_version")]
    public void RefusesAnEnvironment(string json, string key)
    {
        var (reader, problems) = SettingTree.Read(json);

        _connector.ReadEnvironment(reader).ShouldBeNull();

        problems.ShouldHaveSingleItem().Key.ShouldBe(key);
    }

    [Fact]
    public void ReadsATask()
    {
        var task = Task(
            """{"task":{"python":"train.py","parameters":["--alpha","0.1","--run","{{run}}","{{job.run_id}}"],"dependencies":["scikit-learn==1.7"]},"model":"churn.classifier","experiment":"/Shared/x","timeout":"90m"}"""
        );

        task!.Python.ShouldBe("train.py");
        task.Arguments.Count.ShouldBe(5);
        task.Dependencies.ShouldBe(["scikit-learn==1.7"]);
        task.Timeout.ShouldBe(TimeSpan.FromMinutes(90));
        (task.Model, task.Experiment).ShouldBe(("churn.classifier", "/Shared/x"));
    }

    [Fact]
    public void ReadsANotebookWithNamedParametersAndAJob()
    {
        Task("""{"task":{"notebook":"nb.ipynb","parameters":{"alpha":"0.1"} } }""")!.Widgets["alpha"].ShouldBe("0.1");
        Task("""{"job":123}""")!.Job.ShouldBe(123);
    }

    [Theory]
    [InlineData("""{}""", "task", "exactly one of task, job and bundle")]
    [InlineData("""{"task":{"python":"a.py"},"job":1}""", "job", "exactly one of task, job and bundle")]
    [InlineData("""{"task":{ } }""", "task.python", "exactly one of python and notebook")]
    [InlineData(
        """{"task":{"python":"a.py","notebook":"b.py"} }""",
        "task.notebook",
        "exactly one of python and notebook"
    )]
    [InlineData("""{"task":{"python":"/etc/passwd"} }""", "task.python", "not a path below")]
    [InlineData("""{"task":{"python":"../a.py"} }""", "task.python", "not a path below")]
    [InlineData(
        """{"task":{"python":"a.py","parameters":["{{commmit}}"]} }""",
        "task.parameters",
        "{{commmit}}, which nobody knows"
    )]
    [InlineData("""{"task":{"notebook":"a.py","parameters":["x"]} }""", "task.parameters", "is a list")]
    [InlineData("""{"task":{"python":"a.py","dependencies":["-r x.txt"]} }""", "task.dependencies", "no package")]
    [InlineData("""{"task":{"python":"a.py","parameters":["{{model}}"]} }""", "model", "a parameter has {{model}}")]
    [InlineData("""{"task":{"python":"a.py"},"model":"main.churn.classifier"}""", "model", "is not one or two names")]
    [InlineData("""{"task":{"python":"a.py"},"experiment":"churn"}""", "experiment", "not an absolute")]
    [InlineData("""{"task":{"python":"a.py"},"timeout":"8d"}""", "timeout", "at most 7 days")]
    [InlineData("""{"task":{"python":"a.py"},"timeout":"0s"}""", "timeout", "at most 7 days")]
    [InlineData("""{"job":1,"timeout":"1h"}""", "timeout", "stands beside a job")]
    [InlineData("""{"job":1,"clusters":"x"}""", "clusters", "not a known key")]
    [InlineData("""{"task":{"python":"a.py","entry":"x"} }""", "task.entry", "not a known key")]
    public void RefusesATask(string json, string key, string message)
    {
        var (reader, problems) = SettingTree.Read(json);

        _connector.ReadTask(reader).ShouldBeNull();

        var problem = problems.ShouldHaveSingleItem();
        problem.Key.ShouldBe(key);
        problem.Message.ShouldContain(message);
    }

    [Fact]
    public void NamesThePlaceholdersThatItKnows()
    {
        var (reader, problems) = SettingTree.Read("""{"task":{"python":"a.py","parameters":["{{sha}}"]} }""");

        _connector.ReadTask(reader);

        problems.Single().Remedy.ShouldContain("{{run}}, {{commit}}, {{model}}, {{experiment}}");
    }

    [Fact]
    public void ReplacesInOnePassOnly()
    {
        var values = new Dictionary<string, string> { ["run"] = "{{commit}}", ["commit"] = "abc" };

        Placeholders.Replace("{{run}} {{ commit }} {{job.id}}", values).ShouldBe("{{commit}} abc {{job.id}}");
    }

    private DatabricksTask? Task(string json)
    {
        var (reader, problems) = SettingTree.Read(json);
        var task = (DatabricksTask?)_connector.ReadTask(reader);
        problems.ShouldBeEmpty();
        return task;
    }
}
