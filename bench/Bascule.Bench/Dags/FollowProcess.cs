using System.Diagnostics;

namespace Bascule.Bench.Dags;

/// <summary>A real <c>bascule dags follow</c> with a workload's token.</summary>
internal sealed class FollowProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string _shown;

    private FollowProcess(Process process, string shown)
    {
        (_process, _shown) = (process, shown);
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
    }

    /// <param name="into">The folder.</param>
    /// <param name="file">The one that is waited for.</param>
    /// <param name="arguments">Of <c>dags follow</c>, beside those.</param>
    public static FollowProcess Start(string into, string file, IEnumerable<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "bascule.dll");
        var start = new ProcessStartInfo("dotnet", [program, "dags", "follow", "--into", into, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new FollowProcess(Process.Start(start)!, Path.Combine(into, "current", file));
    }

    /// <summary>Until the file says this.</summary>
    /// <exception cref="TimeoutException">It does not; the message tells what the follower said.</exception>
    public async Task WaitForAsync(string text, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (!File.Exists(_shown) || await File.ReadAllTextAsync(_shown, cancellationToken) != text)
        {
            if (clock.Elapsed > Patience || _process.HasExited)
            {
                if (!_process.HasExited)
                    _process.Kill(entireProcessTree: true);
                throw new TimeoutException($"'{text}' was not shown; the follower said: {await _errors}");
            }
            await Task.Delay(Look, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _errors;
        _process.Dispose();
    }
}
