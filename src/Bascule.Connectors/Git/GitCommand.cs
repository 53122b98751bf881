using System.Diagnostics;
using System.Text;

namespace Bascule.Connectors.Git;

/// <summary>
/// The git command line, started without a shell (THREATS T63), in an environment made from nothing, with the settings of
/// <see cref="GitSettings"/>. What a run prints is bounded, and nothing that it started survives its end.
/// </summary>
public sealed class GitCommand(GitOptions options)
{
    /// <summary>Enough for any message that says what is wrong; the rest is read and dropped so that git does not block.</summary>
    private const int MaxErrorBytes = 16 * 1024;

    private static readonly TimeSpan AfterKill = TimeSpan.FromSeconds(5);
    private readonly string _git = Find(options.Program);

    /// <param name="call">What to run and its bounds.</param>
    /// <param name="stop">Another reason than the caller's to end it early.</param>
    /// <exception cref="OperationCanceledException">The caller gave up; the process tree is dead by then.</exception>
    public async Task<GitOutput> RunAsync(GitCall call, CancellationToken stop, CancellationToken cancellationToken)
    {
        using var process = Start(call);
        return await FinishAsync(process, call.Timeout, call.MaxOutput, stop, cancellationToken);
    }

    /// <summary>The same for a run that reads its question first, and answers then.</summary>
    public async Task<GitOutput> AskAsync(GitCall call, string question, CancellationToken cancellationToken)
    {
        using var process = Start(call);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(question), cancellationToken);
        }
        catch (IOException)
        {
            // It has ended already: its exit code says so.
        }
        return await FinishAsync(process, call.Timeout, call.MaxOutput, CancellationToken.None, cancellationToken);
    }

    /// <summary>Waits for the end of a process that reads nothing, within bounds; its tree is dead afterwards.</summary>
    public static async Task<GitOutput> FinishAsync(
        Process process,
        TimeSpan timeout,
        int maxOutput,
        CancellationToken stop,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop);
        limit.CancelAfter(timeout);
        process.StandardInput.Close();
        var error = BoundedBytes.DrainAsync(process.StandardError.BaseStream, MaxErrorBytes);
        var output = BoundedBytes.ReadAsync(process.StandardOutput.BaseStream, maxOutput, limit.Cancel);
        var end = GitEnd.Exited;
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            end = stop.IsCancellationRequested ? GitEnd.Stopped : GitEnd.TimedOut;
        }
        await EndAsync(process);
        var (bytes, tooMuch) = await SettleAsync(output);
        var (errors, _) = await SettleAsync(error);
        CloseStreams(process);
        cancellationToken.ThrowIfCancellationRequested();
        end = tooMuch ? GitEnd.TooMuch : end;
        return new GitOutput(end, process.ExitCode, bytes, UntrustedText.Decode(errors));
    }

    /// <summary>Starts git and leaves its streams to the caller, who must end it by <see cref="EndAsync"/>.</summary>
    public Process Start(GitCall call)
    {
        var start = new ProcessStartInfo(_git)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = call.Repository,
        };
        start.ArgumentList.Add("--git-dir=" + call.Repository);
        foreach (var argument in call.Arguments)
            start.ArgumentList.Add(argument);
        GitSettings.Fill(start.Environment, options, Path.GetDirectoryName(_git)!, call.ExtraHeader, call.Settings);
        if (call.Protocol is { } protocol)
            start.Environment["GIT_PROTOCOL"] = protocol;
        if (call.Place is { } place)
            (start.Environment["TMPDIR"], start.Environment["GNUPGHOME"]) = (place, place);
        if (call.Alternate is { } alternate)
            start.Environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = Quote(alternate);
        return Process.Start(start) ?? throw new InvalidOperationException("git did not start");
    }

    /// <summary>A list with colons between: what holds one is written as a C string.</summary>
    private static string Quote(string folder) =>
        $"\"{folder.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Kills the whole tree where it still runs: git's helpers (remote-http, index-pack) must not outlive it (THREATS T77).</summary>
    public static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Process leaves streams that somebody has asked for to the one who asked.</summary>
    public static void CloseStreams(Process process)
    {
        try
        {
            process.StandardInput.Dispose();
        }
        catch (IOException)
        {
            // What was still to be written has no reader any more.
        }
        process.StandardOutput.Dispose();
        process.StandardError.Dispose();
    }

    private static async Task<(byte[] Bytes, bool TooMuch)> SettleAsync(Task<(byte[] Bytes, bool TooMuch)> reading)
    {
        try
        {
            return await reading.WaitAsync(AfterKill);
        }
        catch (Exception problem) when (problem is IOException or TimeoutException or ObjectDisposedException)
        {
            return ([], false);
        }
    }

    private static string Find(string git)
    {
        if (Path.IsPathRooted(git))
            return git;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':');
        return folders.Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, git)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"'{git}' is not in PATH; install git 2.36 or newer");
    }
}
