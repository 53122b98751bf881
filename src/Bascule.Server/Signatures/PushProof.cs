using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Pushes;

namespace Bascule.Server.Signatures;

/// <summary>
/// A commit is proven by a push through Bascule that made a ref lead to it: whoever pushed had shown who they are. Of people alone, and for as long as they are
/// not retired; everything else has to be signed.
/// </summary>
internal sealed class PushProof(IPushStore pushes, IPeopleStore people, SignatureProof signatures) : ICommitProof
{
    public async Task<Result<CommitProof>> FindAsync(
        RepositoryKey repository,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var known = await pushes.ListAsync(repository, commit, cancellationToken);
        foreach (var push in known.Where(push => push.ActorType == ActorType.Human))
            if (await people.FindAsync(push.ActorUid, cancellationToken) is { IsRetired: false, Type: ActorType.Human })
                return new CommitProof(new ProvenBy(push.ActorUid, push.Push) { IsPush = true }, "");
        return await signatures.FindAsync(repository, commit, cancellationToken);
    }
}
