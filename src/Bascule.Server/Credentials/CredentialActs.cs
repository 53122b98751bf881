using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Audit;
using Bascule.Core.Credentials;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Holding;

namespace Bascule.Server.Credentials;

/// <summary>Seals a forge's credential, and asks for its replacement.</summary>
internal sealed class CredentialActs(
    ForgeConnections forges,
    IForgeCredentialStore store,
    IWorkStore work,
    CredentialSeal seal,
    AuditTrail audit,
    HoldGate gate,
    TimeProvider time
)
{
    private const int MaxLength = 1024;

    /// <summary>It is tried at the forge before it is stored: what the forge does not take is not sealed, and what was sealed before stays in force.</summary>
    /// <param name="account">Whose password it is; null for a token.</param>
    public async Task<Result<StoredCredential>> SealAsync(
        string name,
        string? account,
        Secret secret,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(name, actor, cancellationToken);
        if (found.Failed(out var refused))
            return refused;
        if (!IsPlain(secret.Reveal()))
            return Problem.Invalid(
                $"that is no token or password: it is empty, longer than {MaxLength} characters, or holds characters that no header can carry"
            );
        var (forge, holder) = found.Value;
        var former = await store.FindAsync(forge.Uid, cancellationToken);
        var adopted = await AdoptAsync(forge, holder, account, secret, cancellationToken);
        if (adopted.Failed(out var unmade))
            return unmade;
        var identity = await holder.Rotation.IdentifyAsync(adopted.Value, cancellationToken);
        var stored = identity.Failed(out var unknown)
            ? unknown
            : await StoreAsync(forge, holder, former, adopted.Value, identity.Value, actor, cancellationToken);
        if (stored.Problem is not null && account is not null)
            await holder.Rotation.UndoAsync(adopted.Value, adopted.Value, cancellationToken); // no token is left behind that nobody knows
        return stored;
    }

    /// <summary>Returns at once; whoever waits for it looks at the list.</summary>
    public async Task<Result<StoredCredential>> AskAsync(string name, Actor actor, CancellationToken cancellationToken)
    {
        var found = await FindAsync(name, actor, cancellationToken);
        if (found.Failed(out var refused))
            return refused;
        var (forge, holder) = found.Value;
        if (await store.FindAsync(forge.Uid, cancellationToken) is not { } row)
            return Problem.Conflict(
                $"nothing is sealed for forge '{name}', so nothing can be replaced; run: bascule credential seal {name} --account NAME"
            );
        if (holder.Rotation.WhyNot(seal.Open(forge.Uid, row.Sealed)) is { } fault)
            return fault;
        var now = time.GetUtcNow();
        var asked = row with { AskedAt = now };
        var stored = await work.ApplyAsync(
            [
                new SaveForgeCredential(asked),
                audit.Record(CredentialEntries.Asked(forge, row, actor.AuditName)),
                CredentialRotation.RowOf(forge.Uid, now),
            ],
            cancellationToken
        );
        return stored.Failed(out var problem) ? problem : asked;
    }

    private async Task<Result<(ConnectedForge Forge, ICredentialHolder Holder)>> FindAsync(
        string name,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        // Whoever has got hold of a session only must not become able to put a credential of theirs in force (THREATS T109).
        if (
            actor.Subject is not null
            && (actor.AuthenticatedAt is not { } at || time.GetUtcNow() - at > ApprovalPolicy.DefaultFresh)
        )
            return Problem.Denied("changing a forge's credential needs a fresh sign-in; sign in again: bascule login");
        if ((await gate.PassAsync(cancellationToken)).Failed(out var held))
            return held;
        if (forges.FindByName(name) is not { } forge)
            return Problem.NotFound(
                $"no forge of the settings is called '{name}'; `bascule credential list` names them"
            );
        return forge.Forge is ICredentialHolder holder
            ? (forge, holder)
            : Problem.Invalid($"forge '{name}' takes its credential from the settings alone");
    }

    private async Task<Result<ForgeSecret>> AdoptAsync(
        ConnectedForge forge,
        ICredentialHolder holder,
        string? account,
        Secret secret,
        CancellationToken cancellationToken
    ) =>
        account is null
            ? new ForgeSecret(secret)
            : await new CallAudit(audit, new Dictionary<string, string>()).CallAsync(
                "forge.credential.make",
                forge.Name,
                details: null,
                cancel => holder.Rotation.AdoptAsync(account, secret, cancel),
                cancellationToken
            );

    private async Task<Result<StoredCredential>> StoreAsync(
        ConnectedForge forge,
        ICredentialHolder holder,
        StoredCredential? before,
        ForgeSecret secret,
        ForgeAccount account,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var left = LeftBy(before, holder);
        var row = new StoredCredential(forge.Uid, account, seal.Seal(forge.Uid, secret), seal.Fingerprint(secret))
        {
            Revision = before?.Revision ?? 0,
            SealedAt = now,
            RotatedAt = before?.RotatedAt,
            Step = left is null ? CredentialStep.Resting : CredentialStep.Switched,
            Former = left,
            FormerUntil = left is null ? null : now + forge.Credential.Overlap,
        };
        var stored = await work.ApplyAsync(
            [
                new SaveForgeCredential(row),
                audit.Record(CredentialEntries.Sealed(forge, row, before?.Fingerprint, actor.AuditName)),
                CredentialRotation.RowOf(forge.Uid, now),
            ],
            cancellationToken
        );
        if (stored.Failed(out var problem))
            return problem;
        holder.Credential.Use(secret);
        return row;
    }

    /// <summary>What Bascule made and nobody will show any more: it is ended as a former one. What others made is theirs to end.</summary>
    private byte[]? LeftBy(StoredCredential? before, ICredentialHolder holder)
    {
        if (before is null)
            return null;
        var isOurs = holder.Rotation.Overlaps && seal.Open(before.ForgeUid, before.Sealed) is { TokenName: not null };
        return before.Next ?? before.Former ?? (isOurs ? before.Sealed : null);
    }

    private static bool IsPlain(string secret) =>
        secret.Length is > 0 and <= MaxLength && secret.All(character => character is >= ' ' and not '\x7f');
}
