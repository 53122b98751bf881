using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Cli.Demo;

/// <summary>The audit log, verified from outside.</summary>
internal static class LogReading
{
    /// <summary>As <c>bascule audit verify</c> does it, with the key that the server names: every entry, tile and signature.</summary>
    public static async Task<bool> IsVerifiedAsync(DemoStage stage, CancellationToken cancellationToken)
    {
        using var log = stage.OpenAuditLog();
        var keys = await log.ReadKeysAsync(cancellationToken);
        using var key = NoteKey.Parse(keys.Value[0]).Value;
        var verdict = await LogVerifier.VerifyAsync(log, new LogExpectation(key), cancellationToken);
        var (verified, entries) = (verdict.Value.IsVerified, verdict.Value.Entries);
        OutputFeature.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The audit log {(verified ? "verifies" : "does not verify")}: {entries} entries, signed by {log.Name}"
            )
        );
        return verified && entries > 0;
    }
}
