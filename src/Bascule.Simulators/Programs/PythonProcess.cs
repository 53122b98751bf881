using System.ComponentModel;
using System.Diagnostics;

namespace Bascule.Simulators.Programs;

/// <summary>Runs one Python program to its end, or until told to stop; then it and all its descendants are killed.</summary>
internal sealed class PythonProcess(string executable)
{
    private const int LogLimit = 5 * 1024 * 1024; // "this API returns the last 5 MB of these logs"
    private const int TraceLimit = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<PythonEnd> RunAsync(
        string directory,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken stop
    )
    {
        using var process = new Process { StartInfo = Describe(directory, arguments, environment) };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            return new PythonEnd(127, $"The simulator cannot start '{executable}': {error.Message}", false, "");
        }
        process.StandardInput.Close();
        var (log, errors) = (new BoundedLog(LogLimit), new BoundedLog(TraceLimit));
        var copies = Task.WhenAll(
            log.CopyFromAsync(process.StandardOutput, null),
            log.CopyFromAsync(process.StandardError, errors)
        );
        await WaitAsync(process, stop);
        // A process that the program left behind may hold its streams open for ever.
        await Task.WhenAny(copies, Task.Delay(Patience, CancellationToken.None));
        return new PythonEnd(process.ExitCode, log.ToString(), log.Truncated, errors.ToString());
    }

    private ProcessStartInfo Describe(
        string directory,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return start;
    }

    private static async Task WaitAsync(Process process, CancellationToken stop)
    {
        try
        {
            await process.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}

internal sealed record PythonEnd(int ExitCode, string Logs, bool LogsTruncated, string Errors)
{
    private const string TraceStart = "Traceback (most recent call last):";

    public string? Trace =>
        Errors.LastIndexOf(TraceStart, StringComparison.Ordinal) is var at && at >= 0 ? Errors[at..] : null;

    /// <summary>The exception as its last line tells it, or the exit code.</summary>
    public string Error => Trace is { } trace ? trace.TrimEnd().Split('\n')[^1] : $"SystemExit: {ExitCode}";
}
