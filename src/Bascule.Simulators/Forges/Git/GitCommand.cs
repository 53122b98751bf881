using System.Diagnostics;
using System.Text;

namespace Bascule.Simulators.Forges.Git;

/// <summary>Runs git with an environment of its own, so that a developer's settings change nothing.</summary>
internal sealed class GitCommand(string home)
{
    public async Task<GitResult> RunAsync(
        string directory,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        string? input,
        CancellationToken cancellationToken
    )
    {
        using var process = Start(directory, arguments, environment);
        var output = ReadAsync(process.StandardOutput.BaseStream, cancellationToken);
        var error = ReadAsync(process.StandardError.BaseStream, cancellationToken);
        if (input is not null)
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input), cancellationToken);
        }

        process.StandardInput.Close();
        var text = await output;
        var errors = await error;
        await process.WaitForExitAsync(cancellationToken);
        return new GitResult(process.ExitCode, text, errors);
    }

    public Process Start(
        string directory,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment
    )
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = home;
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)
            ?? throw new InvalidOperationException("git did not start; install git 2.38 or newer");
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, cancellationToken);
        return Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }
}

internal sealed record GitResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;
}
