using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Installation;
using Bascule.Server.Audit;

namespace Bascule.Server.Holding;

/// <summary>An operator's word that a held installation may act; it is in the audit log before it counts.</summary>
internal sealed class HoldRelease(HoldGate gate, IInstallationStore installation, AuditTrail audit)
{
    /// <summary>What held it until now. Conflict when nothing did.</summary>
    /// <param name="by">Whose word it is, as the audit log names them.</param>
    public async Task<Result<(long Epoch, Hold Hold)>> ReleaseAsync(string by, CancellationToken cancellationToken)
    {
        if (await gate.ReadAsync(cancellationToken) is not { } hold)
            return Problem.Conflict("this installation is not held: it is at work already");
        var epoch = await installation.ReadEpochAsync(cancellationToken);
        var written = await audit.WriteAsync(Entry(by, epoch, hold), cancellationToken);
        if (written.Failed(out var unwritten))
            return unwritten;
        var released = await installation.ReleaseAsync(cancellationToken);
        return released.Failed(out var problem) ? problem : (epoch, hold);
    }

    private static AuditEntry Entry(string by, long epoch, Hold hold) =>
        new(AuditTypes.InstallationResumed, by)
        {
            Facts = new JsonObject
            {
                ["epoch"] = epoch,
                ["held_since"] = hold.Since.ToUnixTimeMilliseconds(),
                ["because"] = hold.Because,
            },
        };
}
