using System.Diagnostics;
using System.Text;

namespace Bascule.Bench.Gate;

/// <summary>A real git with a credential, and nothing of the machine's settings. It does not wait for the disk: that is not what is measured.</summary>
internal sealed class GitClient(string home, string caFile)
{
    /// <summary>From start to end.</summary>
    /// <param name="login">Sent as the password of HTTP Basic with the first request.</param>
    /// <exception cref="InvalidOperationException">git failed; the message tells what it said.</exception>
    public async Task<TimeSpan> RunAsync(
        string? login,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken
    )
    {
        var clock = Stopwatch.StartNew();
        using var git = Process.Start(Start(login, arguments))!;
        try
        {
            git.StandardInput.Close();
            var output = git.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = await git.StandardError.ReadToEndAsync(cancellationToken);
            await output;
            await git.WaitForExitAsync(cancellationToken);
            return git.ExitCode == 0
                ? clock.Elapsed
                : throw new InvalidOperationException($"git {string.Join(' ', arguments)} failed: {errors}");
        }
        finally
        {
            if (!git.HasExited)
                git.Kill(entireProcessTree: true);
        }
    }

    public ProcessStartInfo Start(string? login, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = home,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["HOME"] = home;
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_SSL_CAINFO"] = caFile;
        List<(string Key, string Value)> settings =
        [
            ("core.fsync", "none"),
            ("gc.auto", "0"),
            ("init.defaultBranch", "main"),
        ];
        if (login is not null)
        {
            var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"bench:{login}"));
            settings.Add(("http.extraHeader", $"Authorization: Basic {basic}"));
        }
        start.Environment["GIT_CONFIG_COUNT"] = $"{settings.Count}";
        foreach (var (index, (key, value)) in settings.Index())
        {
            start.Environment[$"GIT_CONFIG_KEY_{index}"] = key;
            start.Environment[$"GIT_CONFIG_VALUE_{index}"] = value;
        }
        return start;
    }
}
