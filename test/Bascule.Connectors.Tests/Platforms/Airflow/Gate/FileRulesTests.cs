using Bascule.Connectors.Platforms.Airflow.Gate;
using static Bascule.Connectors.Tests.Platforms.Airflow.Gate.GateStage;

namespace Bascule.Connectors.Tests.Platforms.Airflow.Gate;

/// <summary>What a policy asks, and what of it a look at the text can tell.</summary>
public sealed class FileRulesTests
{
    private const string Imports = "from airflow import DAG\nfrom airflow.sdk import dag, task\nimport os\n";
    private static readonly DagPolicy Strict = new() { RequireSchedule = true, RequireOwner = true };

    [Theory]
    [InlineData("given", "DAG('a', schedule='@daily', default_args={'owner': 'ana'})")]
    [InlineData("none is a schedule", "DAG('a', schedule=None, default_args={'owner': 'ana'})")]
    [InlineData("of Airflow 2", "DAG('a', schedule_interval='@daily', default_args=dict(owner='ana'))")]
    [InlineData("a timetable", "DAG('a', timetable=T(), default_args={'owner': OWNER})")]
    [InlineData("a constant", "ARGS = {'owner': 'ana'}\nDAG('a', schedule=None, default_args=ARGS)")]
    [InlineData("the third argument", "DAG('a', 'text', '@daily', default_args={'owner': 'ana'})")]
    [InlineData("each task has one", "with DAG('a', schedule=None): XOperator(owner='ana')")]
    public async Task WhatThePolicyAsksForIsSeen(string name, string text)
    {
        var report = await CheckAsync(Strict, Source("a.py", Imports + text));

        report.Findings.ShouldBeEmpty(name);
    }

    [Theory]
    [InlineData("nothing", "DAG('a')", "error owner,error schedule")]
    [InlineData("Airflow's own owner", "DAG('a', schedule=None, default_args={'owner': 'airflow'})", "error owner")]
    [InlineData("an empty owner", "DAG('a', schedule=None, default_args={'owner': ''})", "error owner")]
    [InlineData("a task without", "with DAG('a', schedule=None): XOperator(owner='ana'); XOperator()", "error owner")]
    [InlineData("decorated", "@dag()\ndef a(): pass", "error owner,error schedule")]
    [InlineData("somewhere in here", "DAG('a', **ARGS)", "warning owner,warning schedule")]
    [InlineData("arguments of others", "DAG('a', schedule=None, default_args=make())", "warning owner")]
    public async Task WhatThePolicyAsksForIsMissed(string name, string text, string expected)
    {
        var report = await CheckAsync(Strict, Source("a.py", Imports + text));

        var found = report.Findings.Select(one => $"{one.Severity} {one.Rule}".ToLowerInvariant()).Order();
        string.Join(',', found).ShouldBe(expected, name);
    }

    [Fact]
    public async Task WithoutARequirementNeitherIsAskedFor() =>
        (await CheckAsync(Source("a.py", Imports + "DAG('a')"))).Findings.ShouldBeEmpty();

    [Theory]
    [InlineData("import subprocess")]
    [InlineData("import subprocess as s")]
    [InlineData("from subprocess import run")]
    [InlineData("import a, subprocess.x")]
    [InlineData("def f():\n  import subprocess", 2)]
    [InlineData("__import__('subprocess')")]
    [InlineData("import importlib as i\ni.import_module('subp' + 'rocess')", 2)]
    [InlineData("from importlib import import_module as i\ni('subprocess.x')", 2)]
    [InlineData("import os\nos.system('x')", 2)]
    [InlineData("from os import system as s\ns('x')")]
    [InlineData("try:\n  pass\nexcept E:\n  from os import (\n    system)", 4)]
    public async Task AForbiddenImportIsFound(string text, int line = 1)
    {
        var policy = new DagPolicy { ForbiddenImports = ["subprocess", "os.system"] };

        (await CheckAsync(policy, Source("a.py", text))).Single().ShouldBe($"dags/a.py:{line} error import");
    }

    /// <summary>What docs/connectors/airflow.md says to forbid: by these a DAG would make its author an administrator.</summary>
    [Theory]
    [InlineData("from airflow.models import Variable")]
    [InlineData("from airflow.settings import Session")]
    [InlineData("from airflow.providers.fab.auth_manager.models import User")]
    [InlineData("import airflow.www.security_manager")]
    [Trait("Threat", "T140")]
    public async Task WhatReachesAirflowsOwnRolesIsFound(string text)
    {
        var policy = new DagPolicy
        {
            ForbiddenImports = ["airflow.models", "airflow.settings", "airflow.providers.fab", "airflow.www"],
        };

        (await CheckAsync(policy, Source("a.py", text))).Single().ShouldBe("dags/a.py:1 error import");
        (await CheckAsync(policy, Source("a.py", "from airflow.sdk import dag"))).Findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("import subprocesses")]
    [InlineData("from .subprocess import run")]
    [InlineData("import os\nos.systematic()")]
    [InlineData("subprocess = 1\nsubprocess.run()")]
    [InlineData("x = 'import subprocess'")]
    public async Task AnythingElseIsNot(string text)
    {
        var policy = new DagPolicy { ForbiddenImports = ["subprocess", "os.system"] };

        (await CheckAsync(policy, Source("a.py", text))).Findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("__import__(name)")]
    [InlineData("import importlib\nimportlib.import_module(name)", 2)]
    [InlineData("exec(text)")]
    [InlineData("import builtins\nbuiltins.eval(text)", 2)]
    public async Task WhatIsImportedAtRunTimeIsSaid(string text, int line = 1)
    {
        var policy = new DagPolicy { ForbiddenImports = ["x"] };

        (await CheckAsync(policy, Source("a.py", text))).Single().ShouldBe($"dags/a.py:{line} warning dynamicimport");
        (await CheckAsync(policy with { DynamicImports = DagStance.Refuse }, Source("a.py", text)))
            .Single()
            .ShouldBe($"dags/a.py:{line} error dynamicimport");
        (await CheckAsync(Source("a.py", text))).Findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(DagStance.Allow, null)]
    [InlineData(DagStance.Warn, "dags/a.py:4 warning dynamicid")]
    [InlineData(DagStance.Refuse, "dags/a.py:4 error dynamicid")]
    public async Task AnIdThatIsMadeAtRunTimeIsAsThePolicySays(DagStance stance, string? expected)
    {
        var policy = new DagPolicy { DynamicIds = stance };

        var report = await CheckAsync(policy, Source("a.py", Imports + "DAG(os.environ['A'])"));

        report.All().ShouldBe(expected is null ? [] : [expected]);
    }

    [Theory]
    [InlineData("a b", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a-b_c.D7", true)]
    public async Task AnIdIsOneThatAirflowTakes(string id, bool isFine) =>
        (await CheckAsync(Dag("a.py", id))).All().ShouldBe(isFine ? [] : ["dags/a.py:3 error id"]);

    [Theory]
    [InlineData("XOperator()\n    YSensor()", false)]
    [InlineData("XOperator()\n    YSensor()\n    ZOperator()", true)]
    [InlineData("for i in range(3): XOperator()", true)]
    [InlineData("for i in [1, 2]:\n        for j in 'a', 'b': XOperator()", true)]
    [InlineData("[XOperator() for i in range(1, 9, 3)]", true)]
    [InlineData("XOperator.partial(task_id='a').expand(b=[1, 2, 3])", false)]
    public async Task TasksAreCountedAsFarAsTheyCanBe(string body, bool isTooMuch)
    {
        var report = await CheckAsync(
            new DagPolicy { MaxTasks = 2 },
            Source("a.py", $"{Imports}with DAG('a'):\n    {body}")
        );

        report.All().ShouldBe(isTooMuch ? ["dags/a.py:4 error tasks"] : []);
    }

    [Theory]
    [InlineData("for i in os.listdir(): XOperator()")]
    [InlineData("while go(): XOperator()")]
    [InlineData("{i: XOperator() for i in f()}")]
    public async Task ALoopWhoseLengthShowsAtRunTimeIsSaid(string body)
    {
        var report = await CheckAsync(Source("a.py", $"{Imports}with DAG('a'):\n    {body}"));

        report.Single().ShouldBe("dags/a.py:4 warning dynamictasks");
    }

    [Theory]
    [InlineData("# Airflow\nfrom lib import DAG\nDAG('a')", false)]
    [InlineData("from lib import DAG\nDAG('a')", true)]
    public async Task ADagThatAirflowDoesNotLookForIsSaid(string text, bool isPassedOver) =>
        (await CheckAsync(Source("a.py", text))).All().ShouldBe(isPassedOver ? ["dags/a.py:2 warning discovery"] : []);
}
