using Bascule.Connectors.Secrets;
using Bascule.Core.Secrets;
using Bascule.Server.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Secrets;

/// <summary>
/// Reads every secret again on a schedule, and one that a server has just refused at once: whoever rotates a secret at its source need not restart Bascule.
/// What cannot be read again stays as it was, and the log says so.
/// </summary>
internal sealed partial class SecretRefresh(
    ServerSettings settings,
    SecretSources sources,
    SecretGate gate,
    TimeProvider time,
    ILogger<SecretRefresh> log
) : BackgroundService
{
    /// <summary>A server that refuses every call does not make us ask the source at every call.</summary>
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(30);
    private readonly Dictionary<SettingSecret, long> _readAt = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gate.WaitAsync(stoppingToken);
            await Task.WhenAll(FollowScheduleAsync(stoppingToken), FollowDoubtsAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task FollowScheduleAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(settings.SecretSources.RefreshEvery, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
            foreach (var secret in settings.Secrets.All)
                await ReadAsync(secret, cancellationToken);
    }

    private async Task FollowDoubtsAsync(CancellationToken cancellationToken)
    {
        await foreach (var secret in settings.Secrets.Doubts.ReadAllAsync(cancellationToken))
            if (!_readAt.TryGetValue(secret, out var at) || time.GetElapsedTime(at) >= LeastWait)
            {
                _readAt[secret] = time.GetTimestamp();
                await ReadAsync(secret, cancellationToken);
            }
    }

    private async Task ReadAsync(SettingSecret secret, CancellationToken cancellationToken)
    {
        try
        {
            var read = await sources.ReadAsync(secret, cancellationToken);
            if (read.Failed(out var problem))
                Log.Kept(log, problem.Message);
            else if (secret.Take(read.Value))
                Log.Changed(log, secret.Key, secret.Reference);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            Log.Kept(log, $"{secret.Key}: {broken.GetType().Name}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Key} has another secret now, read from {Reference}")]
        public static partial void Changed(ILogger log, string key, SecretReference reference);

        [LoggerMessage(2, LogLevel.Warning, "A secret could not be read again and stays as it was: {Problem}")]
        public static partial void Kept(ILogger log, string problem);
    }
}
