using System.Diagnostics;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Isolation;

/// <summary>What to start, and what it may cost.</summary>
/// <param name="Program">A name looked up in PATH, or an absolute path.</param>
internal sealed record IsolatedCall(string Program, IReadOnlyList<string> Arguments)
{
    public required TimeSpan Time { get; init; }

    /// <summary>Bytes on standard output.</summary>
    public required int MaxOutput { get; init; }

    /// <summary>All that it finds in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it starts, kept afterwards; null for an empty folder of its own.</summary>
    public string? Folder { get; init; }

    /// <summary>Writes standard input; it is closed afterwards.</summary>
    public Func<Stream, CancellationToken, Task> WriteInput { get; init; } = (_, _) => Task.CompletedTask;
}

internal enum IsolatedEnd
{
    Exited,
    TimedOut,
    TooMuch,
}

/// <param name="Output">What came until the end, of whatever kind that was.</param>
/// <param name="Errors">The beginning of standard error, as it came.</param>
internal sealed record IsolatedOutcome(IsolatedEnd End, int ExitCode, byte[] Output, string Errors);

/// <summary>
/// A program with no environment but what it is given, in a folder of its own, started without a shell. It ends with its whole tree when its time is over, when it
/// says too much, or when nobody waits for it any more (THREATS T61, T63, T131).
/// </summary>
internal static class IsolatedProcess
{
    private const int MaxErrors = 16 * 1024;
    private static readonly TimeSpan AfterKill = TimeSpan.FromSeconds(5);

    /// <summary>NotFound when there is no such program.</summary>
    public static async Task<Result<IsolatedOutcome>> RunAsync(IsolatedCall call, CancellationToken cancellationToken)
    {
        if (Find(call.Program) is not { } program)
            return Problem.NotFound($"there is no '{call.Program}' here; install it, or name another one");
        if (call.Folder is { } given)
            return await RunAsync(program, call, given, cancellationToken);
        var folder = Directory.CreateTempSubdirectory("bascule-gate-");
        try
        {
            return await RunAsync(program, call, folder.FullName, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The absolute path, or null.</summary>
    public static string? Find(string program)
    {
        if (Path.IsPathRooted(program))
            return File.Exists(program) ? program : null;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':');
        return folders
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
    }

    private static async Task<Result<IsolatedOutcome>> RunAsync(
        string program,
        IsolatedCall call,
        string folder,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var process = Start(program, call, folder);
            return await FinishAsync(process, call, cancellationToken);
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            return Problem.NotFound($"'{program}' cannot be started: {problem.Message}");
        }
    }

    private static Process Start(string program, IsolatedCall call, string folder)
    {
        var start = new ProcessStartInfo(program, call.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        start.Environment.Clear();
        foreach (var (name, value) in call.Environment)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"'{program}' did not start");
    }

    private static async Task<IsolatedOutcome> FinishAsync(
        Process process,
        IsolatedCall call,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(call.Time);
        var output = new BoundedOutput(call.MaxOutput);
        var reading = output.FillAsync(process.StandardOutput.BaseStream, limit.Cancel);
        var errors = new BoundedOutput(MaxErrors);
        var listening = errors.FillAsync(process.StandardError.BaseStream, () => { });
        var writing = WriteAsync(process, call.WriteInput, limit.Token);
        var end = IsolatedEnd.Exited;
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            end = IsolatedEnd.TimedOut;
        }
        await KillAsync(process);
        await SettleAsync(writing);
        await SettleAsync(reading);
        await SettleAsync(listening);
        cancellationToken.ThrowIfCancellationRequested();
        return new IsolatedOutcome(
            output.IsFull ? IsolatedEnd.TooMuch : end,
            process.ExitCode,
            output.Take(),
            System.Text.Encoding.UTF8.GetString(errors.Take())
        );
    }

    private static async Task WriteAsync(
        Process process,
        Func<Stream, CancellationToken, Task> write,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await write(process.StandardInput.BaseStream, cancellationToken);
            process.StandardInput.Close();
        }
        catch (Exception problem) when (problem is IOException or OperationCanceledException)
        {
            // It has ended, or is about to be: how it ended says the rest.
        }
    }

    private static async Task KillAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>A pipe that something else still holds open is left to itself.</summary>
    private static async Task SettleAsync(Task task)
    {
        try
        {
            await task.WaitAsync(AfterKill);
        }
        catch (Exception problem) when (problem is IOException or TimeoutException or ObjectDisposedException)
        {
            // What came before counts.
        }
    }
}
