using System.Collections.Concurrent;
using Bascule.Core.Credentials;
using Bascule.Core.Forges;
using Bascule.Server.Connections;
using Bascule.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Credentials;

/// <summary>
/// Brings what is sealed into force in this replica: at the start, within a second of every change, and at once when a forge refuses what it is shown.
/// </summary>
internal sealed partial class CredentialWatch(
    ForgeConnections forges,
    IForgeCredentialStore store,
    CredentialSeal seal,
    TimeProvider time,
    ILogger<CredentialWatch> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, (string Fingerprint, DateTimeOffset SealedAt)> _seen = new(
        StringComparer.Ordinal
    );

    /// <summary>Comes before anything is served or done, so that nothing is shown the forge that was replaced long ago.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var forge in forges.All)
            if (forge.Forge is ICredentialHolder holder)
                holder.Credential.RenewBy((refused, cancel) => RenewAsync(forge, holder, refused, cancel));
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Brings every change since the last look into force.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var row in await store.ListAsync(cancellationToken))
        {
            if (forges.Find(row.ForgeUid)?.Forge is not ICredentialHolder holder)
                continue;
            var version = (row.Fingerprint, row.SealedAt);
            if (_seen.TryGetValue(row.ForgeUid, out var seen) && seen == version)
                continue;
            holder.Credential.Use(seal.Open(row.ForgeUid, row.Sealed));
            _seen[row.ForgeUid] = version;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, stoppingToken);
                await TryLookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.Unread(log, failure);
        }
    }

    /// <summary>
    /// What is in force, if that is not what was refused. Where a forge can have only one, what is being brought in may be good already, before the row says so.
    /// </summary>
    private async Task<ForgeSecret?> RenewAsync(
        ConnectedForge forge,
        ICredentialHolder holder,
        ForgeSecret refused,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (await store.FindAsync(forge.Uid, cancellationToken) is not { } row)
                return null;
            var present = seal.Open(forge.Uid, row.Sealed);
            if (!CredentialSeal.Same(present, refused))
                return present;
            return row.Next is null || holder.Rotation.Overlaps ? null : seal.Open(forge.Uid, row.Next);
        }
        catch (StorageException failure)
        {
            Log.Unread(log, failure);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The forges' credentials cannot be read; trying again")]
        public static partial void Unread(ILogger log, Exception failure);
    }
}
