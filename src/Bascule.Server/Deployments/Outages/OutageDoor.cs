using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Server.Exchange.Delegation;

namespace Bascule.Server.Deployments.Outages;

/// <summary>
/// Decides on fetches of deploy refs while the database cannot be asked: by what it last said, and for nothing else. Everything that it did not say is refused
/// (THREATS T91, T116).
/// </summary>
internal sealed class OutageDoor(
    OutageMemory memory,
    OutageTokens tokens,
    TrustPolicies policies,
    PolicyRepository policyRepository,
    TimeProvider time
)
{
    private static readonly Problem s_undecided = Problem.Unavailable("nothing can be decided just now; try again");

    /// <summary>Whether anything is remembered of this token, good or not.</summary>
    public bool Knows(Secret token) => Find(token) is not null;

    /// <summary>What the database says; while it says nothing, what is remembered.</summary>
    public Task<T> AskAsync<T>(Func<Task<T>> ask, Func<T> remembered, CancellationToken cancellationToken) =>
        memory.AskAsync(ask, remembered, cancellationToken);

    /// <summary>What the token opens: Unauthenticated for one that is known to be over; Unavailable for what cannot be told.</summary>
    public Result<(GitPass Pass, FollowedRef Ref)> Open(Secret token) =>
        Find(token) is { } known ? Open(known) : s_undecided;

    /// <summary>Where the ref is that a token opens; the same refusals.</summary>
    public Result<(GitPass Pass, FollowedRef Ref)> Open(GitPass pass) =>
        Find(pass.Uid) is { } known ? Open(known) : s_undecided;

    /// <summary>For a stream under way, when the database does not say whether its token is still good.</summary>
    public bool IsGood(GitPass pass) => Open(pass).Problem is null;

    /// <summary>The same before the database is asked, as long as it is known not to answer.</summary>
    public bool IsGoodWithoutAsking(GitPass pass) => memory.IsAway && IsGood(pass);

    /// <summary>The database did not answer.</summary>
    public void NoteAway() => memory.NoteAway();

    private Result<(GitPass, FollowedRef)> Open(Follower known)
    {
        var pass = known.Pass;
        if (
            !pass.IsGood(time.GetUtcNow())
            || known.Holder.IsRetired
            || !policies.Has(pass.Policy)
            || policyRepository.Is(pass.Repository)
        )
            return Problem.Unauthenticated("the token is not good here; exchange another one at /oauth/token");
        return
            pass.Verbs.Contains(GitVerb.Fetch)
            && pass.Refs.DeployEnvironment is { } environment
            && memory.Now?.Refs.GetValueOrDefault(new DeployPlace(pass.Repository, environment)) is { } at
            ? (pass.OpenFor(known.Holder), at)
            : s_undecided;
    }

    private Follower? Find(Secret token) =>
        memory.Now is not { } now ? null
        : GitToken.Read(token.Reveal()) is { } plain ? now.ByDigest.GetValueOrDefault(plain.Digest)
        : tokens.Read(token) is { } given ? Held(now, given)
        : null;

    private Follower? Find(string uid) =>
        memory.Now is not { } now ? null
        : now.ByUid.GetValueOrDefault(uid) is { } plain ? plain
        : tokens.Find(uid) is { } given ? Held(now, given)
        : null;

    /// <summary>One that was given in an outage is its holder's, who must be known to have followed before.</summary>
    private static Follower? Held(OutageSnapshot now, StoredPass given) =>
        now.Newest.Values.FirstOrDefault(held =>
            held.Holder.Uid == given.HolderUid
            && held.Pass.Repository == given.Repository
            && held.Pass.Policy == given.Policy
        )
            is { } follower
            ? follower with
            {
                Pass = given,
            }
            : null;
}
