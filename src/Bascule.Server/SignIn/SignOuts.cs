using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Configuration;

namespace Bascule.Server.SignIn;

/// <summary>Ends sessions: because their person says so, or because the provider does (OpenID Connect Back-Channel Logout 1.0).</summary>
internal sealed class SignOuts(
    SingleUseVerifier verifier,
    ISessionStore sessions,
    IPeopleStore people,
    IWorkStore store,
    AuditTrail audit
)
{
    private const string Purpose = "logout";

    /// <summary>Done as well when the session is over already.</summary>
    public async Task<Result<Done>> EndAsync(SessionToken token, CancellationToken cancellationToken)
    {
        var session = await sessions.FindAsync(token.Digest, cancellationToken);
        return session is null
            ? Result.Done
            : await EndAsync([session], $"person:{session.PersonUid}", "person", cancellationToken);
    }

    /// <summary>What a provider posts when somebody signed out there, or was disabled there. Unauthenticated or Conflict for what is no logout token of its own.</summary>
    public async Task<Result<Done>> EndAsync(
        SignInProvider provider,
        Secret logoutToken,
        CancellationToken cancellationToken
    )
    {
        var expected = new TokenExpectation(TokenKind.LogoutToken)
        {
            Issuer = provider.Issuer.Issuer.Url.Text,
            Audiences = provider.CliClient is { } cli ? [provider.Client, cli] : [provider.Client],
        };
        var verified = await verifier.VerifyAsync(logoutToken, expected, Purpose, cancellationToken);
        if (verified.Failed(out var refused))
            return refused;
        var ending = await FindAsync(verified.Value, cancellationToken);
        return await EndAsync(ending, $"provider:{provider.Name}", "provider", cancellationToken);
    }

    /// <summary>The session it names; all of the person when it names none, and those of theirs that may be it because nobody said which they are.</summary>
    private async Task<IReadOnlyList<Session>> FindAsync(VerifiedToken token, CancellationToken cancellationToken)
    {
        var issuer = token.Issuer.Url.Text;
        var person = token.FindSubject is { } subject ? await people.FindAsync(subject, cancellationToken) : null;
        var theirs = person is null ? [] : await sessions.ListAsync(person.Uid, cancellationToken);
        if (token.SessionId is not { } named)
            return theirs;
        if (token.FindSubject is null)
            return await sessions.ListAsync(issuer, named, cancellationToken);
        return [.. theirs.Where(session => session.IssuerSession is null || session.IssuerSession == named)];
    }

    private async Task<Result<Done>> EndAsync(
        IReadOnlyList<Session> ending,
        string actor,
        string how,
        CancellationToken cancellationToken
    )
    {
        if (ending.Count == 0)
            return Result.Done;
        List<Change> changes = [];
        foreach (var session in ending)
        {
            changes.Add(audit.Record(Entry(session, actor, how)));
            changes.Add(new EndSession(session.Digest));
        }
        return await store.ApplyAsync(changes, cancellationToken);
    }

    private static AuditEntry Entry(Session session, string actor, string how) =>
        new(AuditTypes.PersonSignedOut, actor)
        {
            Links = new Dictionary<string, string> { ["session"] = session.Uid },
            Facts = new JsonObject { ["person"] = session.PersonUid, ["how"] = how },
        };
}
