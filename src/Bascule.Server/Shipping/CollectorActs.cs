using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Holding;

namespace Bascule.Server.Shipping;

/// <summary>What an operator does about entries that were set aside.</summary>
internal sealed class CollectorActs(
    Collectors collectors,
    IWorkStore work,
    AuditTrail audit,
    HoldGate gate,
    TimeProvider time
)
{
    /// <summary>Returns at once; whoever waits for it looks at the list.</summary>
    /// <param name="index">Null for all that are set aside.</param>
    public async Task<Result<Done>> ReplayAsync(
        string name,
        long? index,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        if ((await gate.PassAsync(cancellationToken)).Failed(out var held))
            return held;
        if (collectors.Find(name) is null)
            return Problem.NotFound(
                $"no collector of the settings is called '{name}'; `bascule audit collectors` names them"
            );
        var now = time.GetUtcNow();
        return await work.ApplyAsync(
            [
                new AskCollectorReplay(name, index, now),
                audit.Record(Entry(name, index, actor)),
                ShippingHandler.RowOf(name, now),
            ],
            cancellationToken
        );
    }

    private static AuditEntry Entry(string name, long? index, Actor actor)
    {
        var facts = new JsonObject { ["collector"] = name };
        if (index is { } one)
            facts["entry"] = one;
        return new AuditEntry(AuditTypes.CollectorReplayAsked, actor.AuditName) { Facts = facts };
    }
}
