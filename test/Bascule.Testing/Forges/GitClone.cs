using System.Diagnostics;
using System.Text;
using Bascule.Core.Forges;
using Shouldly;

namespace Bascule.Testing.Forges;

/// <summary>A work tree in a temporary folder, driven by the git command line in an environment built from nothing.</summary>
public sealed class GitClone : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-clone-").FullName;
    private readonly string _header;
    private readonly string? _caFile;

    private GitClone(string user, string password, string? caFile)
    {
        _header = "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        _caFile = caFile;
    }

    public static async Task<GitClone> MakeAsync(Uri url, string user, string password, string? caFile)
    {
        var clone = new GitClone(user, password, caFile);
        await clone.GitAsync("clone", "-q", url.AbsoluteUri, ".");
        return clone;
    }

    /// <summary>Runs <c>git ls-remote</c> with a credential; the answer, or null when git was refused.</summary>
    public static async Task<string?> LsRemoteAsync(GitAccess access)
    {
        using var clone = new GitClone(
            access.FindLogin()!.UserName,
            access.FindLogin()!.Password.Reveal(),
            access.CaFile
        );
        var (code, output, _) = await clone.RunAsync("ls-remote", access.Url.AbsoluteUri);
        return code == 0 ? output : null;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public async Task<CommitId> CommitAsync(string file, string content)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, file), content);
        await GitAsync("add", file);
        await GitAsync("commit", "-q", "-m", $"Change {file}");
        return await TipAsync();
    }

    public async Task<CommitId> TipAsync() => CommitId.Parse(await GitAsync("rev-parse", "HEAD"));

    public Task<string> BranchAsync(string name) => GitAsync("checkout", "-q", "-b", name);

    public Task<string> PushAsync(params string[] refs) => GitAsync(["push", "-q", "origin", .. refs]);

    public async Task<string> GitAsync(params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        code.ShouldBe(0, $"git {arguments[0]}: {error}");
        return output.Trim();
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var git = Process.Start(Start(arguments)).ShouldNotBeNull();
        using var limit = new CancellationTokenSource(Limit);
        var output = git.StandardOutput.ReadToEndAsync(limit.Token);
        var error = git.StandardError.ReadToEndAsync(limit.Token);
        await git.WaitForExitAsync(limit.Token);
        return (git.ExitCode, await output, await error);
    }

    private ProcessStartInfo Start(string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["HOME"] = _folder;
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        foreach (var role in new[] { "AUTHOR", "COMMITTER" })
        {
            start.Environment[$"GIT_{role}_NAME"] = "Writer";
            start.Environment[$"GIT_{role}_EMAIL"] = "writer@example.invalid";
        }
        start.Environment["GIT_CONFIG_COUNT"] = "1";
        start.Environment["GIT_CONFIG_KEY_0"] = "http.extraHeader";
        start.Environment["GIT_CONFIG_VALUE_0"] = _header;
        if (_caFile is not null)
            start.Environment["GIT_SSL_CAINFO"] = _caFile;
        return start;
    }
}
