using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Personal;

namespace Bascule.Server.SignIn;

/// <summary>The one door: whoever brings a good id token gets a session, by browser or by command line. Retired people do not (THREATS T45).</summary>
internal sealed class Admission(
    SingleUseVerifier verifier,
    PersonClaims claims,
    IPeopleStore people,
    IWorkStore store,
    FirstAdmin firstAdmin,
    PersonalSeal personal,
    AuditTrail audit,
    TimeProvider time
)
{
    private const string Purpose = "sign-in";

    /// <summary>Unauthenticated, Denied or Unavailable in words for the person at the door.</summary>
    public async Task<Result<Admitted>> AdmitAsync(Arrival arrival, CancellationToken cancellationToken)
    {
        var verified = await verifier.VerifyAsync(arrival.IdToken, Expected(arrival), Purpose, cancellationToken);
        if (verified.Failed(out var refused))
            return refused;
        var groups = await claims.ReadGroupsAsync(verified.Value, arrival, cancellationToken);
        if (groups.Failed(out var noGroups))
            return noGroups;
        var person = await SavePersonAsync(verified.Value, arrival, groups.Value, cancellationToken);
        if (person.Failed(out var unsaved))
            return unsaved;
        if (arrival.FirstAdminLink is { } link)
        {
            var redeemed = await firstAdmin.RedeemAsync(link, cancellationToken);
            if (redeemed.Failed(out var spent))
                return spent;
        }
        return await BeginAsync(person.Value, verified.Value, arrival, cancellationToken);
    }

    private static TokenExpectation Expected(Arrival arrival) =>
        new(TokenKind.IdToken)
        {
            Issuer = arrival.Provider.Issuer.Issuer.Url.Text,
            Audiences = [arrival.Client],
            Nonce = arrival.Nonce,
            AccessToken = arrival.AccessToken,
        };

    /// <summary>
    /// Read back, because another replica may have seen the same person for the first time just now. Of who is retired nothing more is written down: they may
    /// have been erased.
    /// </summary>
    private async Task<Result<Person>> SavePersonAsync(
        VerifiedToken token,
        Arrival arrival,
        IReadOnlyList<string> groups,
        CancellationToken cancellationToken
    )
    {
        var (name, email) = await claims.ReadNameAsync(token, arrival, cancellationToken);
        var now = time.GetUtcNow();
        var known = await people.FindAsync(token.Subject, cancellationToken);
        if (known is { IsRetired: true })
            return await RefuseAsync(known.Uid, name, arrival, cancellationToken);
        var person = new Person(known?.Uid ?? Person.NewUid(), token.Subject)
        {
            Name = name,
            Email = email,
            Groups = groups,
            FirstSeenAt = known?.FirstSeenAt ?? now,
            LastSeenAt = now,
        };
        var saved = await store.ApplyAsync([new SavePerson(person)], cancellationToken);
        if (saved.Failed(out var problem))
            return problem;
        return await people.FindAsync(token.Subject, cancellationToken) switch
        {
            { IsRetired: true } retired => await RefuseAsync(retired.Uid, name, arrival, cancellationToken),
            { } stored => stored,
            null => Problem.Unavailable("Bascule could not keep who you are; try again."),
        };
    }

    /// <summary>By name, not only by address: when who was retired came back and was refused is what an auditor asks.</summary>
    private async Task<Problem> RefuseAsync(
        string uid,
        string name,
        Arrival arrival,
        CancellationToken cancellationToken
    )
    {
        var written = await audit.WriteAsync(Refusal(uid, arrival), cancellationToken);
        return written.Problem
            ?? Problem.Denied($"{name} was retired here and is not let in any more; an admin knows why.");
    }

    private async Task<Result<Admitted>> BeginAsync(
        Person person,
        VerifiedToken token,
        Arrival arrival,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var secret = SessionToken.Make(arrival.Kind);
        var session = new Session(NewUid(), secret.Digest, arrival.Kind, person.Uid)
        {
            Issuer = token.Issuer.Url.Text,
            IssuerSession = token.SessionId,
            AuthenticatedAt = token.AuthenticatedAt,
            CreatedAt = now,
            SeenAt = now,
            ExpiresAt = now + SessionLimits.Longest,
        };
        List<AuditEntry> entries = [Entry(person, session, arrival)];
        if (arrival.FirstAdminLink is not null)
            entries.Add(FirstAdmin.Granted(person));
        List<Change> changes = [];
        foreach (var entry in entries)
        {
            var whole = await personal.AddAsync(entry, person.Uid, PersonFacts.Of(person), cancellationToken);
            if (whole.Failed(out var unsealed))
                return unsealed;
            changes.Add(audit.Record(whole.Value));
        }
        changes.Add(new AddSession(session));
        if (arrival.FirstAdminLink is not null)
            changes.Add(new GrantFirstAdmin(person.Uid));
        if (arrival.Former is { } former)
            changes.Add(new EndSession(former.Digest));
        var begun = await store.ApplyAsync(changes, cancellationToken);
        return begun.Failed(out var problem) ? problem : new Admitted(person, session, secret);
    }

    private static AuditEntry Entry(Person person, Session session, Arrival arrival) =>
        new(AuditTypes.PersonSignedIn, $"person:{person.Uid}")
        {
            Links = new Dictionary<string, string> { ["session"] = session.Uid },
            Facts = new JsonObject
            {
                ["provider"] = arrival.Provider.Name,
                ["kind"] = KindOf(arrival),
                ["groups"] = person.Groups.Count,
            },
        };

    private static AuditEntry Refusal(string uid, Arrival arrival) =>
        new(AuditTypes.PersonRefused, $"person:{uid}")
        {
            Decision = new AuditDecision(Allow: false, "people.retired", "they were retired here"),
            Facts = new JsonObject { ["provider"] = arrival.Provider.Name, ["kind"] = KindOf(arrival) },
        };

    private static string KindOf(Arrival arrival) => arrival.Kind == SessionKind.Browser ? "browser" : "command line";

    private static string NewUid() => "s-" + RandomNumberGenerator.GetHexString(20, lowercase: true);
}
