using System.Globalization;
using System.Text.RegularExpressions;
using Bascule.Testing.Network;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Replicas;

/// <summary>One <c>bascule serve</c>, and its cable to the forge.</summary>
internal sealed partial class StageReplica(string settingsFile, CuttingRelay cable) : IAsyncDisposable
{
    private ServeProcess? _process;

    public string SettingsFile => settingsFile;
    public CuttingRelay Cable => cable;
    public bool IsServing => _process is { IsRunning: true };
    public int ProcessId => _process?.Id ?? 0;
    public string Written => _process?.Written ?? "";

    public int PublicPort { get; } =
        int.Parse(PublicLine().Match(File.ReadAllText(settingsFile)).Groups[1].Value, CultureInfo.InvariantCulture);

    public async Task StartAsync() => _process = await ServeProcess.StartAsync(settingsFile);

    public Task KillAsync() => _process!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        await cable.DisposeAsync();
    }

    [GeneratedRegex("public: \"127.0.0.1:([0-9]+)\"")]
    private static partial Regex PublicLine();
}
