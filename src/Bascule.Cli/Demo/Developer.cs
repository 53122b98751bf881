using System.Diagnostics;
using Bascule.Simulators.Forges;

namespace Bascule.Cli.Demo;

/// <summary>Stands in for a developer at a shell: a clone, an editor, <c>git commit</c> and <c>git push</c> with the real git.</summary>
internal sealed class Developer(string folder, string name, string password, string caFile)
{
    public async Task CloneAsync(ForgeRepository repository, CancellationToken cancellationToken)
    {
        var url = new UriBuilder(repository.CloneUrl) { UserName = name, Password = password }
            .Uri
            .AbsoluteUri;
        await GitAsync(cancellationToken, "clone", "--quiet", url, folder);
    }

    public void Write(string path, string text)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public void Edit(string path, string from, string to)
    {
        var file = Path.Combine(folder, path);
        File.WriteAllText(file, File.ReadAllText(file).Replace(from, to, StringComparison.Ordinal));
    }

    public void Copy(string from, string to) => Write(to, File.ReadAllText(Path.Combine(folder, from)));

    /// <returns>The new commit's id.</returns>
    public async Task<string> CommitAndPushAsync(string branch, string message, CancellationToken cancellationToken)
    {
        await GitAsync(cancellationToken, "-C", folder, "checkout", "--quiet", "-B", branch);
        await GitAsync(cancellationToken, "-C", folder, "add", "--all");
        await GitAsync(cancellationToken, "-C", folder, "commit", "--quiet", "-m", message);
        await GitAsync(cancellationToken, "-C", folder, "push", "--quiet", "origin", branch);
        return (await GitAsync(cancellationToken, "-C", folder, "rev-parse", "HEAD")).Trim();
    }

    public async Task PullAsync(string branch, CancellationToken cancellationToken)
    {
        await GitAsync(cancellationToken, "-C", folder, "fetch", "--quiet", "origin");
        await GitAsync(cancellationToken, "-C", folder, "checkout", "--quiet", "-B", branch, $"origin/{branch}");
    }

    private async Task<string> GitAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = Path.GetDirectoryName(folder);
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_SSL_CAINFO"] = caFile;
        foreach (var role in (string[])["AUTHOR", "COMMITTER"])
        {
            start.Environment[$"GIT_{role}_NAME"] = name;
            start.Environment[$"GIT_{role}_EMAIL"] = $"{name}@example.com";
        }
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await git.StandardError.ReadToEndAsync(cancellationToken);
        await git.WaitForExitAsync(cancellationToken);
        return git.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"git {arguments[0]} failed: {errors}");
    }
}
