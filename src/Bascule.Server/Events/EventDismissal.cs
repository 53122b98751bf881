using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Server.Audit;

namespace Bascule.Server.Events;

/// <summary>Takes a row that was set aside off the list, for an operator who says why nobody has to do it any more. Its story stays in the audit log.</summary>
internal sealed class EventDismissal(IWorkStore store, AuditTrail audit)
{
    private const int MaxReason = 500;

    /// <param name="id">The number of a row that was set aside. Deliveries are kept as long as the settings say.</param>
    /// <param name="by">Who says so, as the audit log names them.</param>
    public async Task<Result<Replayed>> DismissAsync(
        string id,
        string reason,
        string by,
        CancellationToken cancellationToken
    )
    {
        var said = PlainText.Line(reason, MaxReason).Trim();
        if (said.Length == 0)
            return Problem.Invalid("say why: bascule event dismiss <event> --reason \"...\"");
        if (
            !long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            || await store.FindQuarantinedAsync(row, cancellationToken) is not { } aside
        )
            return Problem.NotFound(
                $"no work called '{PlainText.Line(id, 60)}' is set aside; see: bascule event list --quarantined"
            );
        if ((await audit.WriteAsync(Entry(by, aside, said), cancellationToken)).Failed(out var unwritten))
            return unwritten;
        var stored = await store.ApplyAsync([new DismissQuarantined(row)], cancellationToken);
        return stored.Failed(out var problem) ? problem : new Replayed(id, aside.Item.Kind, aside.Item.Subject);
    }

    private static AuditEntry Entry(string by, QuarantinedItem aside, string reason) =>
        new(AuditTypes.WorkDismissed, by)
        {
            Facts = new JsonObject
            {
                ["event"] = aside.Item.Id.ToString(CultureInfo.InvariantCulture),
                ["kind"] = aside.Item.Kind,
                ["subject"] = aside.Item.Subject,
                ["lane"] = aside.Item.Lane,
                ["failed"] = PlainText.Line(aside.Reason, MaxReason),
                ["reason"] = reason,
            },
        };
}
