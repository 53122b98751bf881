using Bascule.Core.Audit.Shipping;
using Bascule.Server.Configuration;

namespace Bascule.Server.Shipping;

/// <summary>The collectors of the settings, and what all of those that are required have acknowledged.</summary>
internal sealed class Collectors(IReadOnlyList<CollectorSettings> all, ICollectorStore store) : IAsyncDisposable
{
    public IReadOnlyList<CollectorSettings> All => all;

    /// <summary>Null when the settings name no such collector.</summary>
    public CollectorSettings? Find(string name) => all.FirstOrDefault(one => one.Name == name);

    /// <summary>How many entries the audit log has.</summary>
    public Task<long> CountEntriesAsync(CancellationToken cancellationToken) =>
        store.CountEntriesAsync(cancellationToken);

    /// <summary>Every entry before this one was acknowledged by every required collector; above any entry when none is required.</summary>
    public async Task<long> ReadAcknowledgedAsync(CancellationToken cancellationToken)
    {
        if (!all.Any(one => one.IsRequired))
            return long.MaxValue;
        var positions = (await store.ListAsync(cancellationToken)).ToDictionary(one => one.Name);
        return all.Where(one => one.IsRequired)
            .Min(one => positions.TryGetValue(one.Name, out var position) ? position.Acknowledged : 0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in all)
            await one.Collector.DisposeAsync();
    }
}
