using System.Diagnostics;
using System.Text;

namespace Bascule.Testing.Stage;

/// <summary>A real <c>bascule serve</c>, as a child process, which can be killed as a power cut would.</summary>
public sealed class ServeProcess : IAsyncDisposable
{
    private const string Ready = "Bascule serves";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServeProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool IsRunning => !_process.HasExited;

    /// <summary>All that it wrote so far, standard error first.</summary>
    public string Written
    {
        get
        {
            lock (_errors)
                return _errors.ToString() + _output;
        }
    }

    /// <summary>Starts it and returns when it serves.</summary>
    /// <exception cref="InvalidOperationException">It ended instead, or took too long; the message tells what it wrote.</exception>
    public static async Task<ServeProcess> StartAsync(string settingsFile)
    {
        var process = Process.Start(BasculeCommand.Start(["serve", "--config", settingsFile]))!;
        var serve = new ServeProcess(process);
        process.ErrorDataReceived += (_, line) => serve.Take(serve._errors, line.Data);
        process.OutputDataReceived += (_, line) => serve.Take(serve._output, line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var first = await Task.WhenAny(serve._ready.Task, process.WaitForExitAsync(), Task.Delay(Patience));
        if (first == serve._ready.Task)
            return serve;
        var written = serve.Written;
        await serve.DisposeAsync();
        throw new InvalidOperationException($"bascule serve does not serve:\n{written}");
    }

    /// <summary>SIGKILL, to this process alone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
            await KillAsync();
        _process.Dispose();
    }

    private void Take(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (_errors)
            text.AppendLine(line);
        if (line.StartsWith(Ready, StringComparison.Ordinal))
            _ready.TrySetResult();
    }
}
