using Bascule.Testing.Stage;

namespace Bascule.Bench.Crash;

/// <summary>One <c>bascule serve</c>, killed as a power cut would and started again on the same folder.</summary>
internal sealed class CrashReplica(string folder, string settings, int publicPort, int localPort) : IAsyncDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private ServeProcess? _process;

    public string Folder => folder;
    public int PublicPort => publicPort;
    public int LocalPort => localPort;
    public bool IsServing => _process is { IsRunning: true };
    public string Written => _process?.Written ?? "";

    public async Task StartAsync() => _process = await ServeProcess.StartAsync(settings);

    /// <summary>False when somebody is killing or starting it already.</summary>
    public async Task<bool> KillAndStartAsync(Action killed)
    {
        if (!await _changing.WaitAsync(0))
            return false;
        try
        {
            await _process!.KillAsync();
            killed();
            await StartAsync();
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _changing.WaitAsync();
        if (_process is not null)
            await _process.DisposeAsync();
        _changing.Dispose();
    }
}
