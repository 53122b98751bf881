using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Deployments.Outages;

namespace Bascule.Server.Exchange;

/// <summary>Ends a token for git: refused within a second on every replica, and read back.</summary>
internal sealed class TokenRevocation(
    IGitPassStore passes,
    GitPasses remembered,
    IWorkStore store,
    AuditTrail audit,
    TimeProvider time,
    OutageMemory? outages = null
)
{
    /// <summary>NotFound when there is no such token. Done as well when it was revoked before.</summary>
    /// <param name="uid">The token's name, <c>t-…</c>.</param>
    /// <param name="by">Who asks, as the audit log names them.</param>
    public async Task<Result<StoredPass>> RevokeAsync(string uid, string by, CancellationToken cancellationToken)
    {
        if (await passes.FindByUidAsync(uid, cancellationToken) is not { } pass)
            return Problem.NotFound("there is no such token; `bascule token list` shows those that are good");
        if (pass.RevokedAt is not null)
            return pass;
        var stored = await store.ApplyAsync(
            [audit.Record(ExchangeEntries.Revoked(pass, by)), new RevokeGitPass(uid, time.GetUtcNow())],
            cancellationToken
        );
        if (stored.Failed(out var problem))
            return problem;
        remembered.Forget(pass);
        outages?.Forget(pass);
        return await passes.FindByUidAsync(uid, cancellationToken) is { RevokedAt: not null } revoked
            ? revoked
            : Problem.Internal($"{uid} is not stored as revoked; look at Bascule's log and try again");
    }
}
