using Bascule.Core.Api;
using Bascule.Core.Audit.Shipping;
using Bascule.Server.Configuration;

namespace Bascule.Server.Shipping;

/// <summary>The collectors as the API shows them.</summary>
internal sealed class CollectorReader(Collectors collectors, ICollectorStore store)
{
    /// <summary>Of what is set aside.</summary>
    private const int MaxShown = 100;

    public async Task<CollectorList> ListAsync(CancellationToken cancellationToken)
    {
        var entries = await store.CountEntriesAsync(cancellationToken);
        List<CollectorRecord> records = [];
        foreach (var one in collectors.All)
            records.Add(await ReadAsync(one, entries, cancellationToken));
        return new CollectorList(entries, records);
    }

    private async Task<CollectorRecord> ReadAsync(
        CollectorSettings one,
        long entries,
        CancellationToken cancellationToken
    )
    {
        var position = await store.FindAsync(one.Name, cancellationToken) ?? new CollectorPosition(one.Name, 0);
        var letters = await store.ListLettersAsync(one.Name, MaxShown, cancellationToken);
        return new CollectorRecord
        {
            Name = one.Name,
            Kind = one.Collector.Kind,
            Target = one.Collector.Target,
            Required = one.IsRequired,
            Acknowledged = position.Acknowledged,
            Next = position.Next,
            Lag = Math.Max(0, entries - position.Acknowledged),
            ShippedAt = position.ShippedAt,
            Failure = position.Failure,
            FailingSince = position.FailingSince,
            RetryAt = position.RetryAt,
            Letters = position.Letters,
            SetAside =
            [
                .. letters.Select(letter => new CollectorLetterRecord(
                    letter.Index,
                    letter.Reason,
                    letter.Tries,
                    letter.At,
                    letter.ReplayAt is not null
                )),
            ],
            Warnings = one.Warnings,
        };
    }
}
