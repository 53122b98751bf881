using Bascule.Connectors.Secrets;
using Bascule.Core;
using Bascule.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Secrets;

/// <summary>Reads what the settings name before anything uses it. What cannot be read ends the start: Bascule never serves with a secret missing.</summary>
internal sealed partial class SecretStart(
    ServerSettings settings,
    SecretSources sources,
    SecretGate gate,
    ILogger<SecretStart> log
)
{
    /// <summary>Those that <see cref="FirstSecrets"/> could not read, when the public keys can be fetched; then the gate is open.</summary>
    public async Task<Result<Done>> ReadRestAsync(CancellationToken cancellationToken)
    {
        var read = await sources.ReadAllAsync(settings.Secrets.All, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        if (!gate.IsOpen)
            Log.AllRead(log, settings.Secrets.All.Count);
        gate.Open();
        return Result.Done;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "All {Count} secrets are read")]
        public static partial void AllRead(ILogger log, int count);
    }
}
