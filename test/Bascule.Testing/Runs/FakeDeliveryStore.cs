using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Testing.Runs;

/// <summary>Deliveries in memory; none has a standing but the one it came with.</summary>
public sealed class FakeDeliveryStore : IDeliveryStore
{
    private readonly Lock _gate = new();
    private readonly List<Delivery> _deliveries = [];

    public void Add(Delivery delivery)
    {
        lock (_gate)
            _deliveries.Add(delivery);
    }

    public Task<DeliveryStanding> AppendAsync(Delivery delivery, NewWork work, CancellationToken cancellationToken)
    {
        Add(delivery);
        return Task.FromResult(delivery.Standing);
    }

    public Task<Delivery?> FindAsync(string uid, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_deliveries.Find(delivery => delivery.Uid == uid));
    }

    public Task<IReadOnlyList<Delivery>> ListAsync(
        int limit,
        string? before,
        IReadOnlyList<RepositoryKey>? within,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<Delivery>>([
                .. Enumerable
                    .Reverse(_deliveries)
                    .Where(delivery => within is null || within.Contains(delivery.Repository))
                    .SkipWhile(delivery => before is not null && delivery.Uid != before)
                    .Skip(before is null ? 0 : 1)
                    .Take(limit),
            ]);
    }
}
