using System.Diagnostics;
using System.Text;

namespace Bascule.Testing.Identity;

/// <summary>Somebody else's program as a child process, which ends with us, however we end: it lives on our pipe.</summary>
internal sealed class ChildProvider : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _written = new();

    private ChildProvider(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Take;
        _process.ErrorDataReceived += Take;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Written
    {
        get
        {
            lock (_written)
                return _written.ToString();
        }
    }

    /// <summary>Starts it and returns when it answers at the address.</summary>
    /// <exception cref="InvalidOperationException">It ended instead, or took too long; the message tells what it wrote.</exception>
    public static async Task<ChildProvider> StartAsync(ProcessStartInfo start, Uri ready)
    {
        var child = new ChildProvider(start);
        using var http = new HttpClient();
        for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(50))
        {
            try
            {
                using var answer = await http.GetAsync(ready);
                return child;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < deadline && !child._process.HasExited) { }
            catch (HttpRequestException problem)
            {
                await child.DisposeAsync();
                throw new InvalidOperationException(
                    $"{start.FileName} does not answer at {ready}:\n{child.Written}",
                    problem
                );
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        lock (_written)
            _written.AppendLine(line.Data);
    }
}
