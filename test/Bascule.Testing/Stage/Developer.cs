using System.Diagnostics;
using System.Text;
using Bascule.Simulators.Forges;

namespace Bascule.Testing.Stage;

/// <summary>A developer at a shell: a clone, an editor, and the real git over https.</summary>
public sealed class Developer
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _folder;
    private readonly string _caFile;
    private readonly string _login;

    private Developer(string folder, string name, string password, string caFile)
    {
        _folder = folder;
        _caFile = caFile;
        Name = name;
        _login = "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"));
    }

    public string Name { get; }

    internal static async Task<Developer> CloneAsync(
        ForgeRepository repository,
        string folder,
        string name,
        string password,
        string caFile
    )
    {
        Directory.CreateDirectory(folder);
        var developer = new Developer(folder, name, password, caFile);
        await developer.GitAsync("clone", "--quiet", repository.CloneUrl, ".");
        return developer;
    }

    public void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <returns>The new commit's id.</returns>
    public async Task<string> CommitAsync(string message)
    {
        await GitAsync("add", "--all");
        await GitAsync("commit", "--quiet", "--allow-empty", "-m", message);
        return await GitAsync("rev-parse", "HEAD");
    }

    /// <summary>A fresh branch from where main is at the forge.</summary>
    public async Task BranchAsync(string name)
    {
        await GitAsync("fetch", "--quiet", "origin");
        await GitAsync("checkout", "--quiet", "-B", name, "origin/main");
    }

    public Task PushAsync(string branch = "main") =>
        GitAsync("push", "--quiet", "--force", "origin", $"HEAD:refs/heads/{branch}");

    public async Task<string> CommitAndPushAsync(string message, string branch = "main")
    {
        var commit = await CommitAsync(message);
        await PushAsync(branch);
        return commit;
    }

    public async Task<string> GitAsync(params string[] arguments)
    {
        var (code, output, errors) = await TryGitAsync(arguments);
        return code == 0 ? output : throw new InvalidOperationException($"git {arguments[0]} failed: {errors}");
    }

    /// <summary>What git says when it may well be refused.</summary>
    public async Task<(int Code, string Output, string Errors)> TryGitAsync(params string[] arguments)
    {
        using var git = Process.Start(Start(arguments))!;
        using var limit = new CancellationTokenSource(Patience);
        var output = git.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = await git.StandardError.ReadToEndAsync(limit.Token);
        await git.WaitForExitAsync(limit.Token);
        return (git.ExitCode, (await output).Trim(), errors);
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
        start.Environment["GIT_SSL_CAINFO"] = _caFile;
        start.Environment["GIT_CONFIG_COUNT"] = "1";
        start.Environment["GIT_CONFIG_KEY_0"] = "http.extraHeader";
        start.Environment["GIT_CONFIG_VALUE_0"] = _login;
        foreach (var role in (string[])["AUTHOR", "COMMITTER"])
        {
            start.Environment[$"GIT_{role}_NAME"] = Name;
            start.Environment[$"GIT_{role}_EMAIL"] = $"{Name}@example.com";
        }
        return start;
    }
}
