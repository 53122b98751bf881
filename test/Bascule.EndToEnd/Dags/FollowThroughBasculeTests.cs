using Bascule.EndToEnd.Secrets;
using Bascule.EndToEnd.WaysIn;

namespace Bascule.EndToEnd.Dags;

/// <summary>The real program before a real Bascule, with the token of a workload.</summary>
public sealed class FollowThroughBasculeTests(WaysInStage stage) : IClassFixture<WaysInStage>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Machine _pod = new();

    private string Into => Path.Combine(_pod.Home, "dags");

    private string TokenFile => Path.Combine(_pod.Home, "token");

    public void Dispose() => _pod.Dispose();

    [Fact]
    [Trait("Threat", "T114")]
    public async Task FollowsEachPushAndShowsItsTokenToBasculeAlone()
    {
        var token = stage.WorkloadToken();
        await File.WriteAllTextAsync(TokenFile, token);
        using var follower = _pod.Start("dotnet", [Machine.Program, .. Arguments(), "--json"]);
        follower.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);

        (await follower.StandardOutput.ReadLineAsync(limit.Token)).ShouldNotBeNull();
        var seen = ChildProcesses.LookAt(follower.Id);
        var second = await stage.Churn.PushChangeAsync("two");
        var line = await follower.StandardOutput.ReadLineAsync(limit.Token);

        line.ShouldNotBeNull().ShouldContain(second);
        new FileInfo(Path.Combine(Into, "current")).LinkTarget.ShouldBe($"versions/{second}");
        follower.Kill(entireProcessTree: true);
        var said = await follower.StandardError.ReadToEndAsync(limit.Token);
        seen.Append(said).Append(line).ShouldAllBe(text => !text.Contains(token, StringComparison.Ordinal));
        seen.SelectMany(text => text.Split('\n'))
            .Where(text => text.Contains("bsc_", StringComparison.Ordinal))
            .ShouldAllBe(text => text.StartsWith("GIT_CONFIG_VALUE_", StringComparison.Ordinal));
        FilesOf(Path.Combine(Into, ".bascule")).ShouldAllBe(file => !Holds(file, "bsc_") && !Holds(file, token));
    }

    [Fact]
    public async Task SaysWhatToDoWhereNobodyIsSignedIn()
    {
        var said = await _pod.BasculeAsync([.. Arguments()[..^2], "--once"]);

        said.Code.ShouldBe(4, said.All);
        said.Errors.ShouldContain("bascule login --server");
    }

    private string[] Arguments() =>
        [
            "dags",
            "follow",
            "--into",
            Into,
            "--url",
            stage.Address,
            "--ref",
            "refs/heads/main",
            "--ca",
            stage.Ca,
            "--token-file",
            TokenFile,
        ];

    private static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories);

    private static bool Holds(string file, string text)
    {
        using var reader = new StreamReader(
            new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        );
        return reader.ReadToEnd().Contains(text, StringComparison.Ordinal);
    }
}
