using System.Text;
using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Connectors.Platforms.Airflow.Gate.Reading;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Platforms.Airflow.Gate.Reading;

/// <summary>Python's own parser on files that mean it ill.</summary>
public sealed class PythonReadingTests
{
    private const string Fine = "from airflow import DAG\nDAG('a')\n";

    [Theory]
    [InlineData("a constructor", "DAG('x')", "x")]
    [InlineData("by name", "DAG(description='y', dag_id='x')", "x")]
    [InlineData("imported as", "from airflow.models.dag import DAG as D\nD('x')", "x")]
    [InlineData("through its module", "import airflow.sdk as s\ns.DAG('x')", "x")]
    [InlineData("a class of one's own", "class Ours(DAG): pass\nOurs('x')", "x")]
    [InlineData("with", "with DAG('x') as d, DAG('y'): pass", "x,y")]
    [InlineData("decorated", "@dag\ndef x(): pass", "x")]
    [InlineData("decorated with an id", "@dag('x')\ndef y(): pass", "x")]
    [InlineData("decorated with a named id", "@s.dag(dag_id='x', schedule=None)\nasync def y(): pass", "x")]
    [InlineData("a constant", "ID = 'x'\nDAG(ID)", "x")]
    [InlineData("put together", "A = 'x'\nDAG(f'{A}-1' + '-2')", "x-1-2")]
    [InlineData("a constant that changes", "ID = 'x'\nID = 'y'\nDAG(ID)", "?")]
    [InlineData("a name that a function hides", "i = 'x'\ndef f(i): DAG(i)", "?")]
    [InlineData("of the environment", "import os\nDAG(os.getenv('X'))", "?")]
    [InlineData("arguments of others", "DAG(**args)", "?")]
    [InlineData("decorated from elsewhere", "@dag(**args)\ndef x(): pass", "?")]
    [InlineData("either or", "if x:\n  d = DAG('x')\nelse:\n  d = DAG('x')", "x")]
    [InlineData("both", "if x:\n  d = DAG('x')\nd = DAG('x')", "x,x")]
    [InlineData("not a DAG", "isinstance(x, DAG)\nDAG.get_edge()", "")]
    public async Task SeesIds(string name, string text, string ids)
    {
        var answers = await ReadAsync(text);

        string.Join(',', answers.Files[0].Dags.Select(dag => dag.Id ?? "?")).ShouldBe(ids, name);
    }

    [Theory]
    [InlineData("with DAG('x'):\n  AOperator()\n  BSensor()", "2/0")]
    [InlineData("d = DAG('x')\nAOperator(dag=d)", "1/0")]
    [InlineData("d = DAG('x')\nwith d:\n  AOperator()", "1/0")]
    [InlineData("DAG('x')\nAOperator()", "1/0")]
    [InlineData("d = DAG('x')\ne = DAG('y')\nAOperator(dag=e)\nBOperator(dag=e)", "0/0,2/0")]
    [InlineData("@dag\ndef x():\n  @task\n  def f(): pass\n  f()\n  f()", "2/0")]
    [InlineData("@dag\ndef x():\n  @task.branch(a=1)\n  def f(): pass\n  f.expand(a=[1])", "1/1")]
    [InlineData("@dag\ndef x():\n  @task\n  def f(): pass\n  f.override(task_id='b')()", "1/0")]
    [InlineData("@dag\ndef x():\n  @task\n  def f(): pass\n  f.partial(a=1).expand(b=[1])", "1/1")]
    [InlineData("with DAG('x'):\n  AOperator.partial(a=1).expand(b=[1])", "1/1")]
    [InlineData("with DAG('x'):\n  for i in range(10**10): AOperator()", "1/0")]
    [InlineData("with DAG('x'):\n  for i in range(1000000): AOperator()", "1000000/0")]
    [InlineData("with DAG('x'):\n  for i in enumerate(['a', 'b']): AOperator()", "2/0")]
    public async Task CountsTasks(string text, string counts)
    {
        var answers = await ReadAsync(text);

        string.Join(',', answers.Files[0].Dags.Select(dag => $"{dag.Tasks}/{dag.Mapped}")).ShouldBe(counts);
    }

    [Theory]
    [InlineData("plain", "x = 'é'", null)]
    [InlineData("said", "# -*- coding: utf-8 -*-\nx = 1", null)]
    [InlineData("said otherwise", "#!/usr/bin/python\n# vim: set fileencoding=UTF8 :\nx = 1", null)]
    [InlineData("in the third line", "\n\n# coding: utf-7\nx = 1", null)]
    [InlineData("after code", "x = 1\n# coding: utf-7", null)]
    [InlineData("another one", "# coding: utf-7\n+AGkAbQBwAG8AcgB0-", "utf-7")]
    [InlineData("in the second line", "#!/usr/bin/python\n# coding=rot13\nvzcbeg bf", "rot13")]
    [InlineData("after a lone CR", "# a\r# coding: latin-1\rx = 1", "latin-1")]
    [Trait("Threat", "T131")]
    public async Task TakesNothingButUtf8(string name, string text, string? declared)
    {
        var answers = await ReadAsync(text);

        (answers.Files[0].Fault?.Kind).ShouldBe(declared is null ? null : FaultKind.Encoding, name);
        (answers.Files[0].Fault?.Text).ShouldBe(declared, name);
    }

    [Fact]
    public async Task AMarkAtTheBeginningIsNoFault()
    {
        var answers = await ReadAsync([.. Encoding.UTF8.Preamble, .. "x = 1"u8], [0x61, 0x0a, 0xff]);

        answers.Files[0].Fault.ShouldBeNull();
        answers.Files[1].Fault.ShouldBe(new FileFault(FaultKind.Encoding, 2, ""));
    }

    /// <summary>The files after it are read all the same.</summary>
    [Theory]
    [InlineData("a null byte", "x = '\0'", 1, "Syntax")]
    [InlineData("nested brackets", "((((", 5000, "Syntax")]
    [InlineData("signs", "-", 500_000, "Limit")]
    [InlineData("attributes", ".a", 100_000, "Syntax")]
    [Trait("Threat", "T131")]
    public async Task WhatBreaksTheParserIsAFaultOfThatFile(string name, string text, int times, string kind)
    {
        var hostile = string.Concat(Enumerable.Repeat(text, times));

        var answers = await ReadAsync(Fine, hostile, Fine);

        answers.WhyShort.ShouldBeNull();
        answers.Files.Select(file => file.Fault is null).ShouldBe([true, false, true], name);
        answers.Files[1].Fault!.Kind.ToString().ShouldBe(kind);
    }

    /// <summary>Walking half a million constants takes seconds of processor time on any machine.</summary>
    [Fact]
    [Trait("Threat", "T131")]
    public async Task AFileThatTakesTooLongEndsItsWorkerAlone()
    {
        var limits = GateStage.Limits with { TimeOfOne = TimeSpan.FromSeconds(1), Memory = 4L << 30 };

        var answers = await ReadAsync(limits, Fine, Large(500_000), Fine);

        answers.Files.Select(file => file.Fault is null).ShouldBe([true, false, true]);
        answers.Files[1].Fault!.Text.ShouldBe("takes too long to be parsed");
    }

    [Fact]
    [Trait("Threat", "T131")]
    public async Task AFileThatTakesTooMuchMemoryIsAFaultOfThatFile()
    {
        var limits = GateStage.Limits with { Memory = 256L << 20, TimeOfOne = TimeSpan.FromMinutes(4) };

        var answers = await ReadAsync(limits, Fine, Large(2_000_000), Fine);

        answers.Files.Select(file => file.Fault is null).ShouldBe([true, false, true]);
        answers.Files[1].Fault!.Text.ShouldBe("takes more memory than it may to be parsed");
    }

    /// <summary>What the process says of itself travels as the text of a fault.</summary>
    [Theory]
    [InlineData("sorted(os.environ.keys() - {'LC_CTYPE'})", "[]")] // Python sets that one itself
    [InlineData("os.listdir('.')", "[]")]
    [InlineData("sys.flags.isolated, sys.flags.no_site, sys.flags.ignore_environment", "(1, 1, 1)")]
    [InlineData("[p for p in sys.path if os.getcwd() in p or 'packages' in p]", "[]")]
    [InlineData("sys.argv[1:]", "['1073741824', '300', '5']")]
    [Trait("Threat", "T131")]
    public async Task TheProcessIsGivenNothing(string expression, string expected)
    {
        Environment.SetEnvironmentVariable("BASCULE_GATE_CANARY", "a-secret");

        (await SayAsync($"import os, sys\nword = str(({expression}))\n")).ShouldBe(expected);
    }

    [Theory]
    [InlineData("os.write(os.memfd_create('x'), b'x')", "OSError")]
    [InlineData("[os.pipe() for _ in range(20)]", "OSError")]
    [InlineData("bytearray(2 << 30)", "MemoryError")]
    [InlineData("resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))", "ValueError")]
    [Trait("Threat", "T131")]
    public async Task TheProcessHasLimitsOfTheSystem(string attempt, string expected)
    {
        var script = $"""
            import json, os, resource, signal, sys
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            os.seteuid(65534) if os.geteuid() == 0 else None
            from process_limits import limit
            limit(1 << 30, 60)
            try:
                word = "it could: %r" % ({attempt},)
            except Exception as refused:
                word = type(refused).__name__

            """;

        (await SayAsync(PythonScript.Join("process_limits") + script)).ShouldBe(expected);
    }

    [Fact]
    [Trait("Threat", "T131")]
    public async Task AProcessThatDoesNotEndIsEnded()
    {
        var answers = await RunAsync("while True: pass", GateStage.Limits with { Time = TimeSpan.FromSeconds(1) });

        answers.Value.Files.ShouldBeEmpty();
        answers.Value.WhyShort.ShouldBe("reading took longer than 1 s");
    }

    [Fact]
    [Trait("Threat", "T131")]
    public async Task AProcessThatSaysTooMuchIsEnded()
    {
        var answers = await RunAsync(
            "while True: print(' ' * 1000, end='')",
            GateStage.Limits with
            {
                Answer = 10_000,
            }
        );

        answers.Value.WhyShort.ShouldBe("there was more to say than 10000 bytes");
    }

    [Fact]
    [Trait("Threat", "T131")]
    public async Task AProcessThatSaysNonsenseIsNotBelieved()
    {
        var answers = await RunAsync("print('{}')", GateStage.Limits);

        answers.Failed(out var problem).ShouldBeTrue();
        problem.Code.ShouldBe(ProblemCode.Internal);
    }

    [Fact]
    public async Task APythonThatCannotRunItIsNamedWithItsWords()
    {
        var answers = await RunAsync("import no_such_module", GateStage.Limits);

        answers.Failed(out var problem).ShouldBeTrue();
        problem.Code.ShouldBe(ProblemCode.Unavailable);
        problem.Message.ShouldContain("No module named 'no_such_module'");
    }

    [Fact]
    public async Task WhoGivesUpIsNotKeptWaiting()
    {
        using var stop = new CancellationTokenSource();
        var reading = new PythonReading(GateStage.Python, GateStage.Limits) { Script = "while True: pass" }.ReadAsync(
            [new byte[1]],
            stop.Token
        );

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(reading);
    }

    private static string Large(int count) => $"x = [{string.Concat(Enumerable.Repeat("1,", count))}]";

    private static Task<PythonAnswers> ReadAsync(params string[] files) => ReadAsync(GateStage.Limits, files);

    private static Task<PythonAnswers> ReadAsync(PythonLimits limits, params string[] files) =>
        ReadAsync(limits, [.. files.Select(Encoding.UTF8.GetBytes)]);

    private static Task<PythonAnswers> ReadAsync(params byte[][] files) => ReadAsync(GateStage.Limits, files);

    private static async Task<PythonAnswers> ReadAsync(PythonLimits limits, byte[][] files)
    {
        ReadOnlyMemory<byte>[] bytes = [.. files.Select(file => new ReadOnlyMemory<byte>(file))];
        return (await new PythonReading(GateStage.Python, limits).ReadAsync(bytes, CancellationToken.None)).Value;
    }

    private static Task<Result<PythonAnswers>> RunAsync(string script, PythonLimits limits) =>
        new PythonReading(GateStage.Python, limits) { Script = script }.ReadAsync(
            [new byte[1]],
            CancellationToken.None
        );

    private static async Task<string> SayAsync(string script)
    {
        const string Say = """
            import json
            print(json.dumps({"file": 0, "fault": "syntax", "line": 1, "text": word}))
            print(json.dumps({"end": 1, "python": "3"}))
            """;
        return (await RunAsync(script + Say, GateStage.Limits)).Value.Files[0].Fault!.Text;
    }
}
