using System.Diagnostics;
using System.Text.Json;
using Bascule.EndToEnd.WaysIn;

namespace Bascule.EndToEnd.Dags;

/// <summary>The real program, before a repository on this machine.</summary>
public sealed class DagsFollowCommandTests : IDisposable
{
    private const int Kills = 4;
    private const int ManyFiles = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly FollowStage _stage = new();
    private readonly Machine _machine = new();

    public void Dispose()
    {
        _stage.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public async Task ShowsTheBranchOnceAndSaysSoForScripts()
    {
        var commit = _stage.Push(_stage.File("dag.py", "1"));

        var said = (await _machine.BasculeAsync(Arguments("--once", "--json"))).Good();

        var record = JsonDocument.Parse(said).RootElement;
        record.EnumerateObject().Select(field => field.Name).ShouldBe(["commit", "published_at", "files", "previous"]);
        record.GetProperty("commit").GetString().ShouldBe(commit.ToString());
        record.GetProperty("files").GetInt32().ShouldBe(1);
        record.GetProperty("previous").ValueKind.ShouldBe(JsonValueKind.Null);
        _stage.Read("dag.py").ShouldBe("1");
        (await _machine.BasculeAsync(Arguments("--once", "--json"))).Good().ShouldBe("");
    }

    [Theory]
    [InlineData(2, "--url", "ext::sh -c touch")]
    [InlineData(2, "--ref", "production")]
    [InlineData(2, "--ref", "refs/tags/v1")]
    [InlineData(2, "--interval", "1ms")]
    [InlineData(2, "--keep", "0")]
    [InlineData(2, "--token-file", "/etc/hostname")]
    [InlineData(3, "--ca", "/nonexistent")]
    [InlineData(3, "--url", "file:///nonexistent.git")]
    public async Task EndsWithACodeThatSaysWhatIsWrong(int code, string option, string value)
    {
        var said = await _machine.BasculeAsync(Arguments("--once", option, value));

        said.Code.ShouldBe(code, said.All);
        said.Errors.ShouldStartWith("bascule: ");
    }

    [Fact]
    public async Task EndsWellWhenItIsToldToAndLetsTheNextOneIn()
    {
        _stage.Push(_stage.File("dag.py", "1"));
        using (var follower = Start())
        {
            await UntilAsync(() => File.Exists(Path.Combine(_stage.Current, "dag.py")), follower);
            (await _machine.BasculeAsync(Arguments("--once"))).Code.ShouldBe(5);

            Process.Start("kill", ["-TERM", $"{follower.Id}"]).Dispose();
            await WaitAsync(follower);
            follower.ExitCode.ShouldBe(0);
        }

        (await _machine.BasculeAsync(Arguments("--once"))).Code.ShouldBe(0);
    }

    /// <summary>Each time while a version is being written, or just after: what is shown is always one whole version.</summary>
    [Fact]
    [Trait("Threat", "T77")]
    public async Task LeavesAWholeVersionWheneverItIsKilled()
    {
        for (var round = 1; round <= Kills; round++)
        {
            PushMany(round);
            var before = string.Join(" and ", Shown());
            using var follower = Start();
            var written = round % 2 == 0 ? ManyFiles : ManyFiles / 4 * round;
            await UntilAsync(() => Written(round) >= Math.Min(written, ManyFiles), follower);
            follower.Kill();
            await WaitAsync(follower);

            // The one before may never have been shown: it was killed too.
            string.Join(" and ", Shown()).ShouldBeOneOf(before, $"{round}");
        }

        (await _machine.BasculeAsync(Arguments("--once"))).Good();
        Shown().ShouldBe([$"{Kills}"]);
        _stage.Versions.ShouldAllBe(version => !version.StartsWith('.'));
    }

    /// <summary>What all files say; the same, where they are of one version.</summary>
    private string[] Shown()
    {
        if (!Directory.Exists(_stage.Current))
            return [];
        var files = Directory.GetFiles(_stage.Current);
        files.Length.ShouldBe(ManyFiles);
        return [.. files.Select(File.ReadAllText).Distinct()];
    }

    private void PushMany(int round)
    {
        var blob = _stage.Blob($"{round}");
        _stage.Push([.. Enumerable.Range(0, ManyFiles).Select(file => $"100644 blob {blob}\tdag{file}.py")]);
    }

    /// <summary>How many files of a round lie in a folder of versions, with a name or without.</summary>
    private int Written(int round)
    {
        try
        {
            return new DirectoryInfo(Path.Combine(_stage.Into, "versions"))
                .EnumerateDirectories()
                .Max(version => version.EnumerateFiles().Count(file => File.ReadAllText(file.FullName) == $"{round}"));
        }
        catch (Exception moving) when (moving is IOException or InvalidOperationException)
        {
            return 0;
        }
    }

    private Process Start()
    {
        var follower = _machine.Start("dotnet", [Machine.Program, .. Arguments("--interval", "100ms")]);
        follower.StandardInput.Close();
        return follower;
    }

    private string[] Arguments(params string[] more) =>
        [
            "dags",
            "follow",
            "--into",
            _stage.Into,
            .. more.Contains("--url") ? (string[])[] : ["--url", "file://" + _stage.Origin],
            .. more,
        ];

    private static async Task UntilAsync(Func<bool> holds, Process follower)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            if (follower.HasExited || clock.Elapsed > Patience)
                throw new InvalidOperationException(
                    follower.HasExited ? await follower.StandardError.ReadToEndAsync() : "it never came about"
                );
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    private static async Task WaitAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(limit.Token);
    }
}
