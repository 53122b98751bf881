using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Core;
using Bascule.Core.Content;
using static Bascule.Connectors.Tests.Platforms.Airflow.Gate.GateStage;

namespace Bascule.Connectors.Tests.Platforms.Airflow.Gate;

public sealed class DagGateTests
{
    [Fact]
    public async Task WhatIsFinePasses()
    {
        var report = await CheckAsync(Dag("a.py", "a"), Dag("b/c.py", "c"), Source("b/lib.py", "import os\n"));

        report.Findings.ShouldBeEmpty();
        report.IsPassed.ShouldBeTrue();
        report.Files.ShouldBe(3);
        report.Dags.ShouldBe([new("a", "dags/a.py", 3, 1, 0), new("c", "dags/b/c.py", 3, 1, 0)]);
        report.Python.ShouldNotBeNull().ShouldStartWith("3.");
    }

    [Fact]
    public async Task WhatDoesNotParseIsAnErrorWithItsLine()
    {
        var report = await CheckAsync(Dag("a.py", "a"), Source("b.py", "x = 1\n\ndef f(:\n    pass\n"));

        report.Single().ShouldBe("dags/b.py:3 error syntax");
        report.Findings[0].Text.ShouldStartWith("is not valid Python: ");
        report.IsPassed.ShouldBeFalse();
        report.Dags.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task TwoFilesWithOneIdNameEachOther()
    {
        var report = await CheckAsync(Dag("a.py", "same"), Dag("b.py", "same"), Dag("c.py", "other"));

        report.All().ShouldBe(["dags/a.py:3 error duplicate", "dags/b.py:3 error duplicate"]);
        report.Findings[0].Text.ShouldContain("'same' is also at dags/b.py:3");
        report.Findings[1].Text.ShouldContain("'same' is also at dags/a.py:3");
    }

    [Fact]
    public async Task AnIdOfAnotherRepositoryOfTheEnvironmentIsTaken()
    {
        var tree = new DagTree("dags", [Dag("a.py", "a"), Dag("b.py", "b")]);

        var report = await CheckAsync(tree, new DagPolicy(), new HeldDag("b", "git:ml/churn", "dags/churn.py"));

        report.Single().ShouldBe("dags/b.py:3 error duplicate");
        report.Findings[0].Text.ShouldContain("'dags/churn.py' in 'git:ml/churn'");
    }

    /// <summary>Debts of others do not stand in the way of a change, but what the change does to others does.</summary>
    [Fact]
    public async Task OnlyWhatConcernsChangedFilesIsFound()
    {
        var tree = new DagTree(
            "dags",
            [Source("old.py", "x = ("), Dag("a.py", "same"), Dag("b.py", "same"), Dag("c.py", "c")]
        )
        {
            Changed = new HashSet<string>(["b.py"]),
        };

        var report = await CheckAsync(tree, new DagPolicy());

        report.Single().ShouldBe("dags/b.py:3 error duplicate");
        report.Unchanged.ShouldBe(2);
    }

    [Fact]
    public async Task AnotherIgnoreFileConcernsAllBelowIt()
    {
        var tree = new DagTree("dags", [Source("a/old.py", "x = ("), Source("b/old.py", "x = (")])
        {
            Changed = new HashSet<string>(["a/.airflowignore"]),
        };

        var report = await CheckAsync(tree, new DagPolicy());

        report.Single().ShouldBe("dags/a/old.py:1 error syntax");
    }

    [Fact]
    public async Task TooManyFilesAreNotLookedInto()
    {
        var policy = new DagPolicy { MaxFiles = 2 };

        (await CheckAsync(policy, Dag("a.py", "a"), Source("b.txt", ""))).IsPassed.ShouldBeTrue();
        var report = await CheckAsync(policy, Dag("a.py", "a"), Source("b.txt", ""), Source("c.txt", ""));

        report.Single().ShouldBe("dags:1 error size");
        report.Findings[0].Text.ShouldContain("more files than the 2 that the policy takes");
    }

    [Fact]
    public async Task AFileThatIsTooLargeIsAnErrorWhateverItsName()
    {
        var report = await CheckAsync(
            new DagPolicy { MaxFileBytes = 10 },
            new DagFile("a.csv", TreeEntryKind.File, 11, null),
            new DagFile("b.csv", TreeEntryKind.File, 10, null),
            Source("c.csv", "0123456789")
        );

        report.All().ShouldBe(["dags/a.csv:1 error size", "dags/b.csv:1 error size"]);
        report.Findings[0].Text.ShouldContain("11 bytes, and the policy takes 10");
        report.Findings[1].Text.ShouldContain("was not read");
    }

    [Fact]
    [Trait("Threat", "T65")]
    public async Task ALinkToAFileIsAFileOfItsOwn()
    {
        var report = await CheckAsync(Dag("a.py", "a"), Link("b.py", "a.py"));

        report.All().ShouldBe(["dags/a.py:3 error duplicate", "dags/b.py:3 error duplicate"]);
    }

    [Theory]
    [InlineData("../secret.py", "error", "outside of what is checked here")]
    [InlineData("/etc/passwd", "error", "outside of what is checked here")]
    [InlineData("lib", "error", "a folder, whose files")]
    [InlineData("b.py", "error", "never ends")]
    [InlineData("gone.py", "warning", "not there")]
    [Trait("Threat", "T65")]
    public async Task ALinkToAnythingElseIsFound(string target, string severity, string why)
    {
        var report = await CheckAsync(Source("lib/x.py", "x = 1"), Link("b.py", target));

        report.Single().ShouldBe($"dags/b.py:1 {severity} link");
        report.Findings[0].Text.ShouldContain(why);
    }

    [Fact]
    public async Task ASubmoduleIsRefused()
    {
        var report = await CheckAsync(new DagFile("sub", TreeEntryKind.Submodule, 0, null));

        report.Single().ShouldBe("dags/sub:1 error submodule");
    }

    [Fact]
    [Trait("Threat", "T129")]
    public async Task ASourceFileThatIsAnArchiveTooIsRefused()
    {
        byte[] bytes = [.. Dag("a.py", "a").Bytes!.Value.Span, .. "\n#"u8, .. "PK\u0005\u0006"u8, .. new byte[18]];

        (await CheckAsync(Bytes("a.py", bytes))).Single().ShouldBe("dags/a.py:1 error opaque");
        (await CheckAsync(new DagPolicy { Opaque = DagStance.Warn }, Bytes("a.py", bytes)))
            .Single()
            .ShouldBe("dags/a.py:1 warning opaque");
    }

    [Fact]
    public async Task WhatAirflowPassesOverHoldsNoDagsAndIsReadAllTheSame()
    {
        var policy = new DagPolicy { ForbiddenImports = ["subprocess"], RequireOwner = true };

        var report = await CheckAsync(
            policy,
            Source(".airflowignore", "lib/\n"),
            Dag("a.py", "same"),
            Dag("lib/b.py", "same"),
            Source("lib/c.py", "import subprocess"),
            Source("lib/d.py", "print 'two'")
        );

        report.All().ShouldBe(["dags/lib/c.py:1 error import", "dags/lib/d.py:1 warning syntax"]);
        report.Dags.Select(dag => dag.Path).ShouldBe(["dags/a.py"]);
    }

    [Fact]
    public async Task ALineOfTheIgnoreFileThatIsNotUnderstoodIsSaid()
    {
        var policy = new DagPolicy { IgnoreSyntax = IgnoreSyntax.Regexp };

        var report = await CheckAsync(policy, Source(".airflowignore", "# notes\n(a|b\n"));

        report.Single().ShouldBe("dags/.airflowignore:2 warning ignore");
    }

    [Fact]
    [Trait("Threat", "T131")]
    public async Task WhatWasNotReadIsAnError()
    {
        var gate = new DagGate(Python, Limits with { Answer = 400 });
        var tree = new DagTree("", [.. Enumerable.Range(0, 20).Select(number => Dag($"{number:00}.py", $"d{number}"))]);

        var report = (await gate.CheckAsync(tree, new DagPolicy(), [], CancellationToken.None)).Value;

        report.IsPassed.ShouldBeFalse();
        var finding = report.Findings.ShouldHaveSingleItem();
        (finding.Path, finding.Rule).ShouldBe((".", DagRule.Size));
        finding.Text.ShouldContain("of 20 Python files were not checked, the first of them '0");
    }

    [Fact]
    public async Task WithoutPythonItSaysSo()
    {
        var gate = new DagGate("no-such-python", Limits);

        var report = await gate.CheckAsync(new DagTree("", [Dag("a.py", "a")]), new(), [], CancellationToken.None);

        report.Failed(out var problem).ShouldBeTrue();
        problem.Code.ShouldBe(ProblemCode.NotFound);
        problem.Message.ShouldContain("'no-such-python'");
    }

    /// <summary>Each finding of a name that a repository made up is one line without controls.</summary>
    [Fact]
    [Trait("Threat", "T76")]
    public async Task NamesOfTheRepositoryAreShownHarmlessly()
    {
        var report = await CheckAsync(Source("a\u001b[31m\u202e\n.py", "DAG('x\\x1b[2J\\n\\0')"));

        report.Findings.Count.ShouldBe(2);
        report.Findings.ShouldAllBe(finding => !finding.Path.Concat(finding.Text).Any(char.IsControl));
        report.Findings.ShouldAllBe(finding => !finding.Path.Contains('\u202e', StringComparison.Ordinal));
    }
}
