using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.People;
using Bascule.Server.SignIn;

namespace Bascule.Server.Exchange;

/// <summary>
/// Finds out who asks: by the session's token of the command line, or by a token that a trusted issuer signed. Told apart by how they begin; no cookie's token
/// and no token for git is taken (THREATS T43).
/// </summary>
internal sealed class SubjectProof(TokenVerifier verifier, TrustPolicies policies, Sessions? sessions = null)
{
    /// <summary>Unauthenticated says why, for the log; Unavailable while the issuer's keys cannot be had.</summary>
    public async Task<Result<ProvenSubject>> ProveAsync(Secret token, CancellationToken cancellationToken)
    {
        if (SessionToken.Read(SessionKind.CommandLine, token.Reveal()) is { } session)
            return await ProveSessionAsync(session, cancellationToken);
        // The policy that is found decides on the audience again, alone.
        var expected = new TokenExpectation(TokenKind.WorkloadToken)
        {
            Audiences = policies.Audiences,
            AllowOtherAudiences = policies.AllowOtherAudiences,
        };
        var verified = await verifier.VerifyAsync(token, expected, cancellationToken);
        return verified.Failed(out var refused)
            ? refused
            : new ProvenSubject(ShownIdentity.Of(verified.Value), verified.Value.Display) { Token = verified.Value };
    }

    private async Task<Result<ProvenSubject>> ProveSessionAsync(
        SessionToken session,
        CancellationToken cancellationToken
    )
    {
        if (sessions is null || await sessions.FindAsync(session, cancellationToken) is not { } found)
            return Problem.Unauthenticated("the session is not known, or over");
        var person = found.Person;
        return new ProvenSubject(ShownIdentity.Of(person.Subject, person.Groups), person.Name)
        {
            Session = found.Session,
        };
    }
}

/// <param name="Name">For pages and lists; never compared.</param>
internal sealed record ProvenSubject(ShownIdentity Identity, string Name)
{
    /// <summary>Null for a session.</summary>
    public VerifiedToken? Token { get; init; }

    /// <summary>What is given for it ends with it, whether it expires or is ended; null for a token, where the policy alone says how long.</summary>
    public Session? Session { get; init; }

    /// <summary>For counting alone.</summary>
    public string Key => $"{Identity.Subject.Issuer}#{Identity.Subject.Id}";
}
