using Bascule.Core;
using Bascule.Core.Audit.Shipping;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class CollectorChanges
{
    /// <summary>Where it stood is the fence: of two that ship for one collector, one stores nothing (THREATS T147).</summary>
    public static Problem? Save(WriteSession session, SaveCollector save)
    {
        var position = save.Position;
        var row = new
        {
            position.Name,
            save.From,
            position.Next,
            position.Tries,
            position.Failure,
            FailingSince = Times.ToStored(position.FailingSince),
            RetryAt = Times.ToStored(position.RetryAt),
            ShippedAt = Times.ToStored(position.ShippedAt),
        };
        return session.Execute(Upsert, row) == 1
            ? null
            : Problem.Conflict($"collector '{position.Name}' does not stand at entry {save.From} any more");
    }

    public static Problem? Save(WriteSession session, CollectorLetter letter)
    {
        session.Execute(
            """
            INSERT INTO collector_letter (collector, idx, reason, tries, at, replay_at)
            VALUES (@Collector, @Index, @Reason, @Tries, @At, @ReplayAt)
            ON CONFLICT (collector, idx) DO UPDATE SET reason = @Reason, tries = @Tries, replay_at = @ReplayAt
            """,
            new
            {
                letter.Collector,
                letter.Index,
                letter.Reason,
                letter.Tries,
                At = letter.At.ToUnixTimeMilliseconds(),
                ReplayAt = Times.ToStored(letter.ReplayAt),
            }
        );
        return null;
    }

    public static Problem? Remove(WriteSession session, RemoveCollectorLetter remove) =>
        session.Execute("DELETE FROM collector_letter WHERE collector = @Collector AND idx = @Index", remove) == 1
            ? null
            : Problem.Conflict($"entry {remove.Index} is not set aside for collector '{remove.Collector}' any more");

    public static Problem? Ask(WriteSession session, AskCollectorReplay ask)
    {
        var asked = session.Execute(
            "UPDATE collector_letter SET replay_at = @At WHERE collector = @Collector AND (@Index < 0 OR idx = @Index)",
            new
            {
                ask.Collector,
                Index = ask.Index ?? -1,
                At = ask.At.ToUnixTimeMilliseconds(),
            }
        );
        return asked > 0 ? null
            : ask.Index is { } index
                ? Problem.NotFound($"entry {index} is not set aside for collector '{ask.Collector}'")
            : Problem.NotFound($"nothing is set aside for collector '{ask.Collector}'");
    }

    private const string Upsert = """
        INSERT INTO collector (name, next_index, tries, failure, failing_since, retry_at, shipped_at)
        VALUES (@Name, @Next, @Tries, @Failure, @FailingSince, @RetryAt, @ShippedAt)
        ON CONFLICT (name) DO UPDATE SET next_index = @Next, tries = @Tries, failure = @Failure, failing_since = @FailingSince,
          retry_at = @RetryAt, shipped_at = @ShippedAt
        WHERE collector.next_index = @From
        """;
}
