using System.Net;
using System.Net.Sockets;
using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Connectors.Platforms.Airflow.Gate.Reading;
using static Bascule.Connectors.Tests.Platforms.Airflow.Gate.GateStage;

namespace Bascule.Connectors.Tests.Platforms.Airflow.Gate.Reading;

/// <summary>Real imports in the real sandbox. Airflow itself is not here: a module of its name in the folder stands in for it, and says so.</summary>
[Trait("Threat", "T131")]
public sealed class ImportCheckTests
{
    private const string Dag = "from airflow import DAG\nDAG('a')\n";

    private static readonly ImportLimits Limits = new()
    {
        Memory = 1L << 30,
        Disk = 16L << 20,
        TimeOfOne = TimeSpan.FromSeconds(60),
    };

    private static readonly DagFile StandIn = Source(
        "airflow.py",
        "# A stand-in for tests, not Airflow.\nclass DAG:\n    def __init__(self, *names, **words): pass\n"
    );

    [SandboxFact]
    public async Task WhatImportsIsFine()
    {
        var answers = await RunAsync(
            Limits,
            Source("a.py", $"from lib import x\n{Dag}"),
            Source("lib/__init__.py", "x = 1")
        );

        answers.Files.ShouldHaveSingleItem().Fault.ShouldBeNull();
        answers.WhyShort.ShouldBeNull();
    }

    [SandboxFact]
    public async Task WhatFailsIsToldWithItsLine()
    {
        var answers = await RunAsync(Limits, Source("a.py", Dag + "\ndef f():\n    return {}['x']\nf()\n"));

        answers.Files[0].Fault.ShouldBe(new FileFault(FaultKind.Failed, 5, "KeyError: 'x'"));
    }

    /// <summary>The listener is there to be reached: from outside of the sandbox it would be.</summary>
    [SandboxFact]
    public async Task ThereIsNoNetwork()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var fault = await FailAsync($"import socket\nsocket.create_connection(('127.0.0.1', {port}))");

        fault.ShouldContain("Connection refused");
        listener.Pending().ShouldBeFalse();
    }

    [SandboxFact]
    public async Task ThereIsNothingToReadButTheSystemsPrograms()
    {
        Environment.SetEnvironmentVariable("BASCULE_GATE_CANARY", "a-secret");
        var secret = Path.GetTempFileName();

        (await FailAsync("import os\nos.environ['BASCULE_GATE_CANARY']")).ShouldStartWith("KeyError");
        (await FailAsync($"open('{secret}')")).ShouldStartWith("FileNotFoundError");
        (await FailAsync("open('/etc/passwd')")).ShouldStartWith("FileNotFoundError");
        (await FailAsync("import os\nopen('/proc/%d/environ' % os.getppid()).read().index('BASCULE')")).ShouldStartWith(
            "ValueError"
        );
        (await FailAsync("import os\nraise OSError(sorted(os.listdir('/')))")).ShouldContain(
            "['bin', 'dev', 'lib', 'lib64', 'proc', 'tmp', 'usr']"
        );
        File.Delete(secret);
    }

    [SandboxFact]
    public async Task NothingIsWrittenButMemoryAndOfThatNotMuch()
    {
        (await FailAsync("open('/usr/x', 'w')")).ShouldContain("Read-only file system");
        (await FailAsync("open('/x', 'w')")).ShouldContain("Read-only file system");
        (await FailAsync("open('/tmp/x', 'w').write('x' * (64 << 20))")).ShouldContain("No space left");
    }

    [SandboxFact]
    public async Task MemoryAndProcessesEnd()
    {
        (await FailAsync("x = bytearray(2 << 30)")).ShouldStartWith("MemoryError");
        var bomb = await FailAsync("import os, time\nfor _ in range(1000):\n    if os.fork() == 0: time.sleep(1000)");
        bomb.ShouldStartWith("BlockingIOError");
    }

    /// <summary>Whether it computes, waits, or lets somebody else wait; the next file is imported all the same.</summary>
    [SandboxFact]
    public async Task TimeEnds()
    {
        var limits = Limits with { TimeOfOne = TimeSpan.FromSeconds(2) };
        string[] endless =
        [
            "while True: pass",
            "import time\ntime.sleep(10000)",
            "import os, signal, time\nsignal.alarm(0)\nif os.fork() == 0: time.sleep(10000)\nos._exit(0)",
        ];

        var answers = await RunAsync(
            limits,
            [.. endless.Select((text, number) => Source($"{number}.py", text)), Source("9.py", "x = 1")]
        );

        answers.Files.Take(3).ShouldAllBe(file => file.Fault!.Text == "takes too long to be imported");
        answers.Files.Count.ShouldBe(4);
    }

    [SandboxFact]
    public async Task WhatEndsTheProcessIsAFault()
    {
        (await FailAsync("import os\nos._exit(0)")).ShouldBe("ends the process that imports it");
        (await FailAsync("import sys\nsys.exit(0)")).ShouldStartWith("SystemExit");
    }

    /// <summary>Standard output is the answer's: what a file prints must not be taken for one.</summary>
    [SandboxFact]
    public async Task WhatAFilePrintsIsNotTheAnswer()
    {
        var answers = await RunAsync(
            Limits,
            Source("a.py", "import os\nprint('{\"end\": 1}', flush=True)\nos.write(2, b'x' * 100000)")
        );

        answers.Files.ShouldHaveSingleItem().Fault.ShouldBeNull();
    }

    [SandboxFact]
    public async Task TheGateTellsOfFilesThatDoNotImport()
    {
        var gate = new DagGate(Python, GateStage.Limits) { Imports = Limits };
        DagFile[] files =
        [
            StandIn,
            Source(".airflowignore", "lib.py"),
            Source("lib.py", "raise ValueError('airflow dag, and passed over')"),
            Source("a.py", Dag + "1 / 0\n"),
            Source("b.py", "x = ("),
        ];

        var report = await gate.CheckAsync(new DagTree("dags", files), new DagPolicy(), [], CancellationToken.None);

        report.Value.All().ShouldBe(["dags/a.py:3 error failed", "dags/b.py:1 error syntax"]);
    }

    private static async Task<string> FailAsync(string text)
    {
        var fault = (await RunAsync(Limits, Source("a.py", text))).Files.ShouldHaveSingleItem().Fault.ShouldNotBeNull();
        fault.Kind.ShouldBe(FaultKind.Failed);
        return fault.Text;
    }

    /// <summary>All but what is named as a library are imported.</summary>
    private static async Task<PythonAnswers> RunAsync(ImportLimits limits, params DagFile[] files)
    {
        DagFile[] wanted = [.. files.Where(file => !file.Path.StartsWith("lib", StringComparison.Ordinal))];
        DagFile[] all = [StandIn, .. files.Except(wanted), .. wanted];
        return (await new ImportCheck(Python, limits).RunAsync(all, wanted, CancellationToken.None)).Value;
    }
}
