using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Work;
using Bascule.Server.Telemetry;
using Bascule.Server.Work;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Shipping;

/// <summary>
/// Ships the audit log to one collector: a batch each time its row is handled, from where the collector stands. The row is in the collector's own lane, so one
/// replica ships for it at a time; the position is stored after the collector has acknowledged, so whatever a crash cuts off is sent again.
/// Nothing here is written to the audit log: that would have to be shipped in its turn, for ever.
/// </summary>
internal sealed partial class ShippingHandler(
    Collectors collectors,
    IAuditLog entries,
    ICollectorStore store,
    BasculeMetrics metrics,
    TimeProvider time,
    ILogger<ShippingHandler> log
) : IWorkHandler
{
    public const string ShippingKind = "audit.ship";

    /// <summary>An entry that a collector has refused this often for what it holds is set aside, and the others go on.</summary>
    internal const int MaxTries = 5;

    /// <summary>With more than these set aside something else is wrong than an entry: the collector's entries wait then.</summary>
    internal const int MaxLetters = 1000;

    /// <summary>Entries read at once: at most 6.5 MB.</summary>
    private const int Page = 100;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    /// <summary>Whoever sees a new entry asks for the row sooner.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    public string Kind => ShippingKind;

    /// <summary>The one row of a collector, which repeats itself for ever; asked for at every start, and by whoever sees a new entry.</summary>
    public static Change RowOf(string collector, DateTimeOffset due) =>
        new AddWork(new NewWork($"collector:{collector}", ShippingKind, collector, due, Once: true));

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (collectors.Find(item.Subject) is not { Collector: var collector })
            return WorkResult.Finished(); // a start with other settings adds the row again
        var stored = await store.FindAsync(item.Subject, cancellationToken);
        var position = stored ?? new CollectorPosition(item.Subject, 0);
        if (await store.FindReplayAsync(item.Subject, cancellationToken) is { } letter)
            return await ReplayAsync(item, position, letter, collector, cancellationToken);
        var batch = await ReadAsync(position, collector, cancellationToken);
        if (batch.Count == 0)
            return stored is null
                ? WorkResult.Again(LongestWait, new SaveCollector(position, 0))
                : WorkResult.Again(LongestWait);
        var (count, last) = await PushAsync(collector, batch, cancellationToken);
        return last switch
        {
            Sent.Acknowledged said => await GoOnAsync(position, count, said, cancellationToken),
            Sent.Refused refused => Refuse(item, position, count, refused),
            _ => Wait(item, position, count, ((Sent.Unknown)last).Problem),
        };
    }

    /// <summary>The entry that was refused comes alone: those behind it need not be sent again and again.</summary>
    private async Task<IReadOnlyList<ShippedEntry>> ReadAsync(
        CollectorPosition position,
        ICollector collector,
        CancellationToken cancellationToken
    )
    {
        var most = position.Tries > 0 ? 1 : collector.MaxEntries;
        List<ShippedEntry> batch = [];
        var bytes = 0L;
        while (batch.Count < most)
        {
            var limit = Math.Min(Page, most - batch.Count);
            var page = await entries.ReadAsync(position.Next + batch.Count, limit, cancellationToken);
            foreach (var record in page)
            {
                bytes += record.Entry.Length;
                if (batch.Count > 0 && bytes > collector.MaxBytes)
                    return batch;
                batch.Add(new ShippedEntry(record.Index, record.Entry));
            }
            if (page.Count < limit)
                break;
        }
        return batch;
    }

    /// <summary>Halves what is refused until the one entry is found that is; what stands before it is acknowledged by then.</summary>
    private async Task<(int Count, Sent Last)> PushAsync(
        ICollector collector,
        IReadOnlyList<ShippedEntry> batch,
        CancellationToken cancellationToken
    )
    {
        var sent = await SendAsync(collector, batch, cancellationToken);
        if (sent is not Sent.Refused || batch.Count == 1)
            return (sent is Sent.Acknowledged ? batch.Count : 0, sent);
        var half = batch.Count / 2;
        var first = await PushAsync(collector, [.. batch.Take(half)], cancellationToken);
        if (first.Last is not Sent.Acknowledged)
            return first;
        var second = await PushAsync(collector, [.. batch.Skip(half)], cancellationToken);
        return (half + second.Count, second.Last);
    }

    /// <summary>A row that throws is set aside after a few times; this one must not be.</summary>
    private async Task<Sent> SendAsync(
        ICollector collector,
        IReadOnlyList<ShippedEntry> batch,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await collector.SendAsync(batch, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Threw(log, failure, collector.Target);
            return new Sent.Unknown(Problem.Internal($"{collector.Target}: sending failed: {failure.GetType().Name}"));
        }
    }

    private async Task<WorkResult> GoOnAsync(
        CollectorPosition position,
        int count,
        Sent.Acknowledged said,
        CancellationToken cancellationToken
    )
    {
        if (said.Remark is { } remark)
            Log.Remarked(log, position.Name, remark);
        if (position.Failure is not null)
            Log.Recovered(log, position.Name, position.Next + count);
        metrics.Shipped(position.Name, count);
        var moved = Moved(position, count);
        var isAtTheEnd = await store.CountEntriesAsync(cancellationToken) <= moved.Next;
        return WorkResult.Again(isAtTheEnd ? LongestWait : TimeSpan.Zero, new SaveCollector(moved, position.Next));
    }

    private WorkResult Refuse(WorkItem item, CollectorPosition position, int count, Sent.Refused refused)
    {
        var at = position.Next + count;
        var tries = (count == 0 ? position.Tries : 0) + 1;
        var full = position.Letters >= MaxLetters;
        if (full || (tries < MaxTries && !refused.IsFinal))
        {
            var because = full
                ? $"entry {at} is refused, and {position.Letters} are set aside already: {refused.Problem.Message}"
                : $"entry {at} is refused: {refused.Problem.Message}";
            return Wait(item, position, count, refused.Problem with { Message = because }, tries);
        }
        Log.SetAside(log, position.Name, at, refused.Problem.Message);
        metrics.Shipped(position.Name, count);
        var letter = new CollectorLetter(position.Name, at, refused.Problem.Message, tries, time.GetUtcNow());
        return WorkResult.Again(
            TimeSpan.Zero,
            new SaveCollector(Moved(position, count) with { Next = at + 1 }, position.Next),
            new SaveCollectorLetter(letter)
        );
    }

    private WorkResult Wait(WorkItem item, CollectorPosition position, int count, Problem problem, int? tries = null)
    {
        Log.Waits(log, position.Name, position.Next + count, problem.Message);
        metrics.Shipped(position.Name, count);
        var now = time.GetUtcNow();
        var wait = BackOff.For(problem, count > 0 ? 0 : item.Attempt, FirstWait);
        var moved = (count > 0 ? Moved(position, count) : position) with
        {
            Tries = tries ?? (count > 0 ? 0 : position.Tries),
            Failure = problem.Message,
            FailingSince = position.FailingSince ?? now,
            RetryAt = now + wait,
        };
        return WorkResult.Retry(wait, problem, new SaveCollector(moved, position.Next));
    }

    private async Task<WorkResult> ReplayAsync(
        WorkItem item,
        CollectorPosition position,
        CollectorLetter letter,
        ICollector collector,
        CancellationToken cancellationToken
    )
    {
        var read = await entries.ReadAsync(letter.Index, 1, cancellationToken);
        var sent = await SendAsync(collector, [new ShippedEntry(letter.Index, read[0].Entry)], cancellationToken);
        if (sent is Sent.Unknown unknown)
            return Wait(item, position, 0, unknown.Problem);
        if (sent is Sent.Refused refused)
            return WorkResult.Again(
                TimeSpan.Zero,
                new SaveCollectorLetter(
                    letter with
                    {
                        Reason = refused.Problem.Message,
                        Tries = letter.Tries + 1,
                        ReplayAt = null,
                    }
                )
            );
        metrics.Shipped(position.Name, 1);
        return WorkResult.Again(
            TimeSpan.Zero,
            new SaveCollector(Moved(position, 0) with { Tries = position.Tries }, position.Next),
            new RemoveCollectorLetter(letter.Collector, letter.Index)
        );
    }

    private CollectorPosition Moved(CollectorPosition position, int count) =>
        new(position.Name, position.Next + count) { ShippedAt = time.GetUtcNow() };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Collector {Collector} waits at audit entry {Index}: {Reason}")]
        public static partial void Waits(ILogger log, string collector, long index, string reason);

        [LoggerMessage(2, LogLevel.Error, "Audit entry {Index} is set aside for collector {Collector}: {Reason}")]
        public static partial void SetAside(ILogger log, string collector, long index, string reason);

        [LoggerMessage(3, LogLevel.Information, "Collector {Collector} takes entries again, up to {Index}")]
        public static partial void Recovered(ILogger log, string collector, long index);

        [LoggerMessage(4, LogLevel.Warning, "Collector {Collector} took the entries and says: {Remark}")]
        public static partial void Remarked(ILogger log, string collector, string remark);

        [LoggerMessage(5, LogLevel.Error, "Sending audit entries to {Target} failed")]
        public static partial void Threw(ILogger log, Exception failure, string target);
    }
}
