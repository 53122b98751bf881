using System.Diagnostics;
using System.Text.Json;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>The DAG gate as people and CI call it: real git, real Python.</summary>
public sealed class DagsCommandTests : IDisposable
{
    private const string Fine = "from airflow import DAG\nDAG('a', schedule=None)\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-dags-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task FilesThatAreFineEndWithNought()
    {
        await WriteAsync("dags/a.py", Fine);
        await WriteAsync("dags/__pycache__/a.cpython-311.pyc", "left by Python");
        await WriteAsync("elsewhere.py", "not Python (");

        var check = await CheckAsync();

        check.ExitCode.ShouldBe(0, check.Output + check.Errors);
        check.Output.Trim().ShouldBe("1 file, 1 DAG: 0 errors, 0 warnings.");
    }

    [Fact]
    public async Task AnErrorEndsWithOneAndStandsWhereItIs()
    {
        await WriteAsync("dags/a.py", Fine);
        await WriteAsync("dags/b.py", "import airflow\nimport subprocess\nDAG('b')\n");
        await WriteAsync("gate.yaml", "require: [schedule]\nforbidden_imports: [subprocess]\n");

        var check = await CheckAsync("--policy", "gate.yaml");

        check.ExitCode.ShouldBe(1, check.Errors);
        check.Output.ShouldContain("dags/b.py:2: error: uses 'subprocess'");
        check.Output.ShouldContain("dags/b.py:3: error: has the DAG 'b' without schedule");
        check.Output.ShouldContain("2 files, 2 DAGs: 2 errors, 0 warnings.");
    }

    [Fact]
    public async Task ABranchIsReadFromItsCommitsAndJudgedByWhatItChanges()
    {
        await GitAsync("init", "-q", "-b", "main");
        await WriteAsync("dags/a.py", Fine);
        await WriteAsync("dags/old.py", "x = (");
        await CommitAsync();
        await GitAsync("checkout", "-q", "-b", "topic");
        await WriteAsync("dags/b.py", Fine);
        File.CreateSymbolicLink(Path.Combine(_folder, "dags/c.py"), "../../outside.py");
        await CommitAsync();
        await WriteAsync("dags/a.py", "not committed (");

        var check = await CheckAsync("--commit", "topic", "--base", "main", "--json");

        check.ExitCode.ShouldBe(1, check.Errors);
        var answer = JsonDocument.Parse(check.Output).RootElement;
        answer.GetProperty("commit").GetString()!.Length.ShouldBe(40);
        answer.GetProperty("unchanged").GetInt32().ShouldBe(2);
        Findings(answer).ShouldBe(["dags/b.py:2 error duplicate", "dags/c.py:1 error link"]);
    }

    [Fact]
    public async Task IdsOfAnotherRepositoryAreTaken()
    {
        await WriteAsync("one/dags/a.py", Fine);
        await WriteAsync("two/dags/b.py", Fine);
        var one = await CheckAsync("one", "--json");
        await WriteAsync("one.json", one.Output);

        var two = await CheckAsync("two", "--held", "one.json");

        one.ExitCode.ShouldBe(0, one.Errors);
        two.ExitCode.ShouldBe(1, two.Errors);
        two.Output.ShouldContain("dags/b.py:2: error: has a DAG whose id 'a' is that of 'dags/a.py' in 'one.json'");
    }

    [Theory]
    [InlineData(3, "there is no folder 'dags'")]
    [InlineData(3, "there is no commit 'gone'", "--folder", ".", "--commit", "gone")]
    [InlineData(3, "there is no 'gone.yaml'", "--policy", "gone.yaml")]
    [InlineData(3, "there is no 'gone.json'", "--held", "gone.json")]
    [InlineData(3, "there is no 'no-such-python' here", "--folder", ".", "--python", "no-such-python")]
    [InlineData(2, "gate.yaml:1:1: max_file: is not a known key", "--policy", "gate.yaml")]
    [InlineData(2, "'gate.yaml' is not what bascule dags check --json writes", "--held", "gate.yaml")]
    [InlineData(2, "--base needs --commit", "--base", "main")]
    [InlineData(2, "'..' is no folder of a repository", "--folder", "..")]
    public async Task WhatStandsInTheWayIsNamed(int code, string message, params string[] words)
    {
        await GitAsync("init", "-q", "-b", "main");
        await WriteAsync("gate.yaml", "max_file: 7\n");
        await WriteAsync("a.py", "x = 1\n");

        var check = await CheckAsync(words);

        check.ExitCode.ShouldBe(code, check.Output + check.Errors);
        check.Errors.ShouldContain(message);
    }

    private static IEnumerable<string> Findings(JsonElement answer) =>
        answer
            .GetProperty("findings")
            .EnumerateArray()
            .Select(one =>
                $"{one.GetProperty("path")}:{one.GetProperty("line")} {one.GetProperty("severity")} {one.GetProperty("rule")}"
            );

    private Task<BasculeCommand> CheckAsync(params string[] words) =>
        BasculeCommand.RunAsync(_folder, ["dags", "check", .. words]);

    private async Task WriteAsync(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text);
    }

    private async Task CommitAsync()
    {
        await GitAsync("add", "-A");
        await GitAsync("-c", "user.name=ana", "-c", "user.email=ana@example.com", "commit", "-q", "-m", "Change DAGs");
    }

    private async Task GitAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { UseShellExecute = false, WorkingDirectory = _folder };
        using var git = Process.Start(start)!;
        await git.WaitForExitAsync();
        git.ExitCode.ShouldBe(0);
    }
}
