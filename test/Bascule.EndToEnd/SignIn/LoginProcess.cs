using System.Diagnostics;
using System.Text;

namespace Bascule.EndToEnd.SignIn;

/// <summary>The real executable as a person at another machine runs it: with a settings folder of their own.</summary>
internal sealed class LoginProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    public LoginProcess(string configFolder, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "bascule.dll"), .. arguments]
        )
        {
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_CONFIG_HOME"] = configFolder;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary>The rest of the line that begins so, once it is there.</summary>
    public async Task<string> ReadAsync(string beginning)
    {
        for (var deadline = DateTime.UtcNow + Patience; DateTime.UtcNow < deadline; await Task.Delay(50))
            if (
                Said.Split('\n').FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal)) is
                { } line
            )
                return line[beginning.Length..];
        throw new TimeoutException($"it never said '{beginning}':\n{Said}");
    }

    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is not null)
            lock (_said)
                _said.Append(line).Append('\n');
    }
}
