using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Audit;
using Bascule.Core.People;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.People;

namespace Bascule.Server.Personal;

/// <summary>
/// Takes away what is known of somebody who is retired, unless a legal hold keeps it. The entry is in the log with the act or not at all; the log itself stays
/// as it is, and what it says of them cannot be read any more (THREATS T121).
/// </summary>
internal sealed class Erasure(
    PersonFinder finder,
    IPeopleStore people,
    IWorkStore store,
    ErasedSubjects erased,
    AuditTrail audit,
    TimeProvider time,
    ErasureMemory? memory = null
)
{
    private const int LongestReason = 500;

    /// <param name="text">A person's uid, or ISSUER#SUBJECT.</param>
    /// <param name="by">Who asks, as the audit log names them.</param>
    public async Task<Result<ErasedRecord>> EraseAsync(
        string text,
        string because,
        string by,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(text, because, cancellationToken);
        if (found.Failed(out var unfit))
            return unfit;
        var (person, said) = found.Value;
        if (person.ErasedAt is { } before)
            return new ErasedRecord(person.Uid, before, Again: true);
        var stored = await store.ApplyAsync(
            [
                audit.Record(Entry(AuditTypes.PersonErased, person, said, by)),
                new ErasePerson(person.Uid, erased.Of(person.Subject), time.GetUtcNow()),
            ],
            cancellationToken
        );
        if (stored.Failed(out var problem))
            return problem;
        if (memory is not null)
            await memory.RememberAsync(cancellationToken);
        return (await people.FindAsync(person.Uid, cancellationToken))?.ErasedAt is { } at
            ? new ErasedRecord(person.Uid, at, Again: false)
            : Problem.Internal($"{person.Uid} is not stored as erased; look at Bascule's log and try again");
    }

    public async Task<Result<LegalHoldRecord>> HoldAsync(
        string text,
        string because,
        string by,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(text, because, cancellationToken);
        if (found.Failed(out var unfit))
            return unfit;
        var (person, said) = found.Value;
        var hold = new LegalHold(person.Uid, said, by, time.GetUtcNow());
        var stored = await store.ApplyAsync(
            [audit.Record(Entry(AuditTypes.PersonHeld, person, said, by)), new PlaceLegalHold(hold)],
            cancellationToken
        );
        return stored.Failed(out var problem) ? problem : LegalHoldRecord.Of(hold);
    }

    /// <summary>The legal hold that there was.</summary>
    public async Task<Result<LegalHoldRecord>> ReleaseAsync(
        string text,
        string because,
        string by,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(text, because, cancellationToken);
        if (found.Failed(out var unfit))
            return unfit;
        var (person, said) = found.Value;
        if (person.LegalHold is not { } hold)
            return Problem.NotFound($"there is no legal hold on {person.Uid}");
        var stored = await store.ApplyAsync(
            [audit.Record(Entry(AuditTypes.PersonReleased, person, said, by)), new ReleaseLegalHold(person.Uid)],
            cancellationToken
        );
        return stored.Failed(out var problem) ? problem : LegalHoldRecord.Of(hold);
    }

    /// <summary>Whom, and why as it is written down: one line.</summary>
    private async Task<Result<(Person Person, string Said)>> FindAsync(
        string text,
        string because,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrWhiteSpace(text))
            return Problem.Invalid("say who: person=UID, or person=ISSUER#SUBJECT");
        var said = PlainText.Line(because, LongestReason).Trim();
        if (said.Length == 0)
            return Problem.Invalid("say why, without a name, because that stays: --because \"…\"");
        var found = await finder.FindAsync(text, cancellationToken);
        if (found.Failed(out var unknown))
            return unknown;
        return await people.FindAsync(found.Value.Uid, cancellationToken) is { } person
            ? (person, said)
            : Problem.NotFound("nobody is known here by that issuer and subject; see: bascule person list");
    }

    private static AuditEntry Entry(string type, Person person, string because, string by) =>
        new(type, by)
        {
            Facts = new JsonObject { ["person"] = person.Uid, ["because"] = because },
        };
}
