using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Deployments.Outages;
using Bascule.Server.Exchange.Delegation;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Exchange;

/// <summary>
/// Subject token in, short-lived token for one repository out (RFC 8693). Denied unless a policy allows it; nothing leaves before its audit entry is in the
/// log. Who asks is told little, the log all.
/// </summary>
internal sealed partial class TokenExchange(
    SubjectProof proof,
    TrustPolicies policies,
    RepositoryNumbers repositories,
    PolicyRepository policyRepository,
    Principals principals,
    IUsedTokens used,
    IWorkStore store,
    ExchangeLimits limits,
    AuditTrail audit,
    TimeProvider time,
    ILogger<TokenExchange> log,
    OutageExchange? outages = null
)
{
    private const string Purpose = "git token";
    private const string NotAccepted = "the subject token is not accepted";
    private const string NotAllowed = "no trust policy gives this";

    /// <param name="source">The address that asks.</param>
    public async Task<ExchangeOutcome> ExchangeAsync(
        TokenRequest request,
        string source,
        CancellationToken cancellationToken
    )
    {
        var proven = await proof.ProveAsync(request.SubjectToken, cancellationToken);
        if (proven.Failed(out var unproven))
        {
            Log.Unproven(log, source, unproven.Message);
            return unproven.IsTransient
                ? ExchangeOutcome.Uncounted(OAuthError.Unavailable(unproven.RetryAfter))
                : ExchangeOutcome.Unknown(OAuthError.Invalid(NotAccepted), "subject token");
        }
        var subject = proven.Value;
        if (limits.Tokens.WaitOf(subject.Key) is { } wait)
            return ExchangeOutcome.Unknown(OAuthError.TooMany(wait), "too many tokens");
        limits.Tokens.Take(subject.Key);
        return outages?.Knows(subject) == true
            ? await outages.AskAsync(DecideAsync, request, subject, cancellationToken)
            : await DecideAsync();

        async Task<ExchangeOutcome> DecideAsync()
        {
            var asked = new Asked(request, source, subject, await principals.FindAsync(subject, cancellationToken));
            return await this.DecideAsync(asked, cancellationToken);
        }
    }

    /// <summary>No forge is asked on behalf of somebody whom no policy speaks of.</summary>
    private async Task<ExchangeOutcome> DecideAsync(Asked asked, CancellationToken cancellationToken)
    {
        var (request, identity) = (asked.Request, asked.Subject.Identity);
        if (asked.Holder is { IsRetired: true })
            return await RefuseAsync(asked, "retired", "they are retired", cancellationToken);
        var wish = new ExchangeWish(request.Repository.Forge, request.Repository.FullName, request.Verbs);
        if (!policies.Know(identity))
        {
            Log.Denied(log, asked.Source, asked.Subject.Key, policies.Decide(identity, wish).Reason);
            return await RefuseAsync(asked, "trust_policies", "no policy speaks of them", cancellationToken);
        }
        var repository = await repositories.FindAsync(request.Repository, cancellationToken);
        if (repository.Problem is { IsTransient: true } silent)
        {
            Log.Silent(log, silent.Message);
            return ExchangeOutcome.Uncounted(OAuthError.Unavailable(silent.RetryAfter));
        }
        if (repository.Failed(out var missing))
        {
            Log.Denied(log, asked.Source, asked.Subject.Key, missing.Message);
            return await RefuseAsync(asked, "trust_policies", "there is no such repository here", cancellationToken);
        }
        if (policyRepository.Is(repository.Value.Key))
            return await RefuseAsync(
                asked,
                "policy_repository",
                "nobody gets a token for the repository that holds trust policies",
                cancellationToken
            );
        // By the name that the forge itself writes: a former name, or one in other letters, is judged by what it means.
        var decision = policies.Decide(
            identity,
            wish with
            {
                Forge = repository.Value.Forge,
                Repository = repository.Value.Name,
            }
        );
        if (decision.Policy is { } policy)
            return await GiveAsync(asked, policy, repository.Value, cancellationToken);
        Log.Denied(log, asked.Source, asked.Subject.Key, decision.Reason);
        return await RefuseAsync(asked, "trust_policies", "no policy gives them this", cancellationToken);
    }

    private async Task<ExchangeOutcome> GiveAsync(
        Asked asked,
        TrustPolicy policy,
        NumberedRepository repository,
        CancellationToken cancellationToken
    )
    {
        if (policy.IsSingleUse && await UseAsync(asked, policy, cancellationToken) is { } refused)
            return refused;
        var holder = asked.Holder is { } known ? known : await principals.AddAsync(asked.Subject, cancellationToken);
        if (holder.Failed(out var unkept))
            return Failed(unkept);
        var token = GitToken.Make();
        var pass = Pass(asked, token, holder.Value, policy, repository);
        var given = await store.ApplyAsync(
            [audit.Record(ExchangeEntries.Given(pass, holder.Value, asked.Subject)), new AddGitPass(pass)],
            cancellationToken
        );
        if (given.Problem is { Code: ProblemCode.Denied })
            return await RefuseAsync(asked, "retired", "they are retired", cancellationToken);
        return given.Failed(out var unwritten) ? Failed(unwritten) : ExchangeOutcome.Of(new GivenToken(token, pass));
    }

    /// <summary>Null when this is the first use, on whichever replica (THREATS T31).</summary>
    private async Task<ExchangeOutcome?> UseAsync(Asked asked, TrustPolicy policy, CancellationToken cancellationToken)
    {
        var once = await used.UseAsync(asked.Subject.Token!.UseFor(Purpose), cancellationToken);
        if (!once.Failed(out var problem))
            return null;
        if (problem.Code != ProblemCode.Conflict)
            return Failed(problem);
        const string Why = "the token was exchanged before, and the policy takes it once";
        Log.Denied(log, asked.Source, asked.Subject.Key, Why);
        return await RefuseAsync(
            asked,
            $"trust_policies.{policy.Name}.single_use",
            Why,
            cancellationToken,
            OAuthError.Invalid(NotAccepted)
        );
    }

    private StoredPass Pass(
        Asked asked,
        GitToken token,
        Person holder,
        TrustPolicy policy,
        NumberedRepository repository
    )
    {
        var now = time.GetUtcNow();
        var end = now + policy.Lifetime;
        var last =
            asked.Subject.Session?.ExpiresAt ?? (asked.Request.EndsWithToken ? asked.Subject.Token?.ExpiresAt : null);
        return new StoredPass(StoredPass.NewUid(), token.Digest, holder.Uid, repository.Key)
        {
            Verbs = asked.Request.Verbs.Count == 0 ? policy.Verbs : asked.Request.Verbs.ToHashSet(),
            Refs = policy.Refs,
            Policy = policy.Name,
            CreatedAt = now,
            ExpiresAt = last is { } until && until < end ? until : end,
            SessionUid = asked.Subject.Session?.Uid,
        };
    }

    private async Task<ExchangeOutcome> RefuseAsync(
        Asked asked,
        string rule,
        string reason,
        CancellationToken cancellationToken,
        OAuthError? error = null
    )
    {
        var entry = ExchangeEntries.Refused(asked.Holder, asked.Source, asked.Subject, asked.Request, rule, reason);
        // A refusal stands whether or not it could be written down; the trail has told the operator.
        _ = await audit.WriteAsync(entry, cancellationToken);
        return ExchangeOutcome.Refused(error ?? OAuthError.Target(NotAllowed));
    }

    private ExchangeOutcome Failed(Problem problem)
    {
        Log.Unkept(log, problem.Message);
        return ExchangeOutcome.Uncounted(OAuthError.Unavailable(problem.RetryAfter));
    }

    private sealed record Asked(TokenRequest Request, string Source, ProvenSubject Subject, Person? Holder);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A subject token from {Source} is refused: {Reason}")]
        public static partial void Unproven(ILogger log, string source, string reason);

        [LoggerMessage(2, LogLevel.Warning, "No token for git from {Source} for {Subject}: {Reason}")]
        public static partial void Denied(ILogger log, string source, string subject, string reason);

        [LoggerMessage(3, LogLevel.Warning, "A forge could not be asked for a repository: {Reason}")]
        public static partial void Silent(ILogger log, string reason);

        [LoggerMessage(4, LogLevel.Error, "A token for git could not be stored, so none was given: {Reason}")]
        public static partial void Unkept(ILogger log, string reason);
    }
}
