using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Signatures;
using Bascule.Server.Events;

namespace Bascule.Server.Signatures;

/// <summary>
/// A commit is proven by a signature of a key that a person has confirmed here, as long as their account at its forge is linked and still holds the key, and they
/// are not retired. The forge can take proof away by that, and never give it (THREATS T144).
/// </summary>
internal sealed class SignatureProof(
    RepositoryLookup lookup,
    IPeopleStore people,
    IConfirmedKeys keys,
    HeldKeys held,
    SignatureMemory memory
) : ICommitProof
{
    public async Task<Result<CommitProof>> FindAsync(
        RepositoryKey repository,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var confirmed = await keys.ListAsync(repository.ForgeUid, cancellationToken);
        var opened = await lookup.OpenAsync(repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        var verified = await memory.AskAsync(
            repository,
            commit,
            [.. confirmed.Select(key => key.Key)],
            asked => opened.Value.Mirror.VerifyAsync(commit, asked, cancellationToken)
        );
        if (verified.Failed(out var unverified))
            return unverified;
        if (confirmed.FirstOrDefault(key => key.Key.Fingerprint == verified.Value.Fingerprint) is not { } key)
            return CommitProof.None(verified.Value.Because);
        return await WhoseAsync(opened.Value, key, cancellationToken);
    }

    /// <summary>Looked up every time: retiring somebody takes effect at once.</summary>
    private async Task<Result<CommitProof>> WhoseAsync(
        OpenRepository repository,
        ConfirmedKey key,
        CancellationToken cancellationToken
    )
    {
        var name = key.Key.Fingerprint;
        if (await people.FindAsync(key.PersonUid, cancellationToken) is not { IsRetired: false, Type: ActorType.Human })
            return CommitProof.None($"it is signed with {name}, whose owner is retired or no person");
        var link = await people.FindLinkAsync(key.ForgeUid, key.AccountId, cancellationToken);
        if (link?.PersonUid != key.PersonUid)
            return CommitProof.None(
                $"it is signed with {name}, of an account that is not linked to its owner any more"
            );
        var isHeld = await held.HasAsync(repository.Connection, link, name, cancellationToken);
        if (isHeld.Failed(out var unknown))
            return unknown;
        return isHeld.Value
            ? new CommitProof(new ProvenBy(key.PersonUid, name), "")
            : CommitProof.None($"it is signed with {name}, which its account at the forge does not hold any more");
    }
}
