using System.Collections.Concurrent;
using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Exchange;
using Bascule.Server.Exchange.Delegation;

namespace Bascule.Server.Deployments.Outages;

/// <summary>
/// Gives a token for a deploy ref while the database cannot be asked: to whom a token was given before by the same policy, has not been retired, and shows a
/// token of a trusted issuer that is good now. Nothing else is given, and nothing is decided to be wrong.
/// </summary>
internal sealed class OutageExchange(
    OutageMemory memory,
    OutageTokens tokens,
    TrustPolicies policies,
    PolicyRepository policyRepository,
    ForgeConnections forges,
    AuditTrail audit,
    TimeProvider time
)
{
    /// <summary>One with less is not given again.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<(FollowerKey, DeployPlace), GivenToken> _given = new();

    /// <summary>Whether anything is remembered of who asks.</summary>
    public bool Knows(ProvenSubject subject) =>
        subject.Token is not null
        && memory.Now is { } now
        && now.Newest.Keys.Any(key => key.Subject == subject.Identity.Subject);

    /// <summary>What the database says; while it says nothing, what is remembered.</summary>
    public Task<ExchangeOutcome> AskAsync(
        Func<Task<ExchangeOutcome>> exchange,
        TokenRequest request,
        ProvenSubject subject,
        CancellationToken cancellationToken
    ) => memory.AskAsync(exchange, () => Give(request, subject), cancellationToken);

    private ExchangeOutcome Give(TokenRequest request, ProvenSubject subject) =>
        memory.Now is { } now && Find(now, request, subject) is var (follower, followed, policy)
            ? Give(follower, followed, policy, subject)
            : ExchangeOutcome.Uncounted(OAuthError.Unavailable(retryAfter: null));

    /// <summary>Null unless all of it is known and as it should be.</summary>
    private (Follower, FollowedRef, TrustPolicy)? Find(OutageSnapshot now, TokenRequest request, ProvenSubject subject)
    {
        var (asked, identity) = (request.Repository, subject.Identity);
        if (identity.IsSession || request.Verbs.Contains(GitVerb.Push))
            return null;
        var wish = new ExchangeWish(asked.Forge, asked.FullName, [GitVerb.Fetch]);
        if (
            forges.FindByName(asked.Forge) is not { } forge
            || !forge.Takes(asked.FullName)
            || policies.Decide(identity, wish).Policy is not { IsSingleUse: false } policy
            || policy.Refs.DeployEnvironment is not { } environment
            || now.FindRef(forge.Uid, asked.Owner, asked.Name, environment) is not { } followed
        )
            return null;
        var repository = followed.Deployment.Place.Repository;
        return
            !policyRepository.Is(repository)
            && now.Newest.GetValueOrDefault(new FollowerKey(identity.Subject, repository, policy.Name))
                is { Holder.IsRetired: false } follower
            ? (follower, followed, policy)
            : null;
    }

    /// <summary>Who comes again soon gets the same: an outage may be long, and the spool is not.</summary>
    private ExchangeOutcome Give(Follower follower, FollowedRef followed, TrustPolicy policy, ProvenSubject subject)
    {
        var (key, at) = ((follower.Key, followed.Deployment.Place), time.GetUtcNow());
        if (_given.TryGetValue(key, out var before) && before.Pass.ExpiresAt - at > Enough)
            return ExchangeOutcome.Of(before);
        var lifetime = policy.Lifetime < OutageTokens.Longest ? policy.Lifetime : OutageTokens.Longest;
        var (token, pass) = tokens.Make(follower.Holder.Uid, followed, policy.Name, at, at + lifetime);
        var spooled = audit.ForDeployed.Spool(ExchangeEntries.Given(pass, follower.Holder, subject));
        if (spooled.Failed(out var full))
            return ExchangeOutcome.Uncounted(OAuthError.Unavailable(full.RetryAfter));
        return ExchangeOutcome.Of(_given[key] = new GivenToken(token, pass));
    }
}
