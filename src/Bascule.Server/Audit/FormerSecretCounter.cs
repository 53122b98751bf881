using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;

namespace Bascule.Server.Audit;

/// <summary>
/// Counts deliveries that were taken under a webhook's former secret into one entry a minute per webhook (THREATS T22): after a rotation they become fewer
/// and end; whoever still signs so much later has kept the old secret.
/// </summary>
public sealed class FormerSecretCounter(AuditTrail trail, TimeProvider time) : MinuteCounter(time)
{
    private ConcurrentDictionary<string, (int Count, DateTimeOffset Until)> _counts = new();

    /// <summary>Never waits and never fails. Only webhooks that exist come here, so that memory is bounded.</summary>
    /// <param name="until">How long the former secret is good.</param>
    public void Count(string webhook, DateTimeOffset until) =>
        _counts.AddOrUpdate(webhook, (1, until), (_, counted) => (counted.Count + 1, until));

    /// <summary>What could not be written is counted on.</summary>
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        var counted = Interlocked.Exchange(ref _counts, new());
        foreach (var (webhook, (count, until)) in counted)
            if ((await trail.WriteAsync(Entry(webhook, count, until), cancellationToken)).Problem is not null)
                _counts.AddOrUpdate(webhook, (count, until), (_, other) => (other.Count + count, until));
    }

    private static AuditEntry Entry(string webhook, int count, DateTimeOffset until) =>
        new(AuditTypes.FormerSecretUsed, $"webhook:{webhook}")
        {
            Facts = new JsonObject { ["count"] = count, ["until"] = until.ToUnixTimeMilliseconds() },
        };
}
