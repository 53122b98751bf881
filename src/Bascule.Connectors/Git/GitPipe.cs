using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Bascule.Connectors.Git;

/// <summary>One run of the hardened git whose input and output are too large to hold: both pass by.</summary>
public static class GitPipe
{
    private const int MaxErrorBytes = 16 * 1024;

    /// <param name="write">Its input; what it does not read any more is dropped.</param>
    /// <param name="read">Its output; false to end it before it has ended.</param>
    /// <returns>Without output. Stopped when <paramref name="read"/> has had enough.</returns>
    [SuppressMessage("Reliability", "CA2025", Justification = "The task is awaited before the process is let go.")]
    public static async Task<GitOutput> RunAsync(
        GitCommand git,
        GitCall call,
        Func<Stream, CancellationToken, Task> write,
        Func<Stream, CancellationToken, Task<bool>> read,
        CancellationToken cancellationToken
    )
    {
        using var process = git.Start(call);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(call.Timeout);
        // A pipe is not let go by a token, but by the end of the other side.
        await using var ending = limit.Token.Register(() => Kill(process));
        var errors = BoundedBytes.DrainAsync(process.StandardError.BaseStream, MaxErrorBytes);
        var writing = WriteAsync(process, write, limit.Token);
        var goesOn = false;
        try
        {
            goesOn = await read(process.StandardOutput.BaseStream, limit.Token);
            if (goesOn)
                await process.WaitForExitAsync(limit.Token);
        }
        catch (Exception problem) when (problem is OperationCanceledException or IOException)
        {
            // Which of the two it is depends on who was faster; why is told below.
        }
        finally
        {
            await GitCommand.EndAsync(process);
            await writing;
        }
        var (error, _) = await errors;
        var end =
            limit.IsCancellationRequested ? GitEnd.TimedOut
            : goesOn ? GitEnd.Exited
            : GitEnd.Stopped;
        GitCommand.CloseStreams(process);
        cancellationToken.ThrowIfCancellationRequested();
        return new GitOutput(end, process.ExitCode, [], UntrustedText.Decode(error));
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
            await process.StandardInput.BaseStream.FlushAsync(cancellationToken);
            process.StandardInput.Close();
        }
        catch (Exception problem) when (problem is IOException or OperationCanceledException)
        {
            // git has ended, and says why.
        }
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
    }
}
