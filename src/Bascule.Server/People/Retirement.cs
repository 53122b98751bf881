using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Audit;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Access;
using Bascule.Server.Audit;

namespace Bascule.Server.People;

/// <summary>
/// Lets nothing in any more for somebody: their requests fail within a second on every replica, and no sign-in undoes it. Somebody who was never here can be
/// retired before they come.
/// </summary>
internal sealed class Retirement(
    PersonFinder finder,
    IPeopleStore people,
    IWorkStore store,
    RetiredPeople retired,
    IEnumerable<IRetirement> others,
    AuditTrail audit,
    TimeProvider time
)
{
    /// <param name="text">A person's uid, or ISSUER#SUBJECT.</param>
    /// <param name="by">Who asks, as the audit log names them.</param>
    public async Task<Result<RetiredRecord>> RetireAsync(string text, string by, CancellationToken cancellationToken)
    {
        var found = await finder.FindAsync(text, cancellationToken);
        if (found.Failed(out var unknown))
            return unknown;
        var person = found.Value;
        var entry = new AuditEntry(AuditTypes.PersonRetired, by)
        {
            Facts = new JsonObject { ["person"] = person.Uid, ["again"] = person.IsRetired },
        };
        List<Change> changes =
        [
            audit.Record(entry),
            new SavePerson(person),
            new RetirePerson(person.Uid, time.GetUtcNow()),
        ];
        foreach (var other in others)
            changes.AddRange(await other.EndAsync(person, cancellationToken));
        var stored = await store.ApplyAsync(changes, cancellationToken);
        if (stored.Failed(out var problem))
            return problem;
        retired.Forget(person.Uid);
        return await ConfirmAsync(person, cancellationToken);
    }

    /// <summary>Nobody's word is taken for it: everything is read again.</summary>
    private async Task<Result<RetiredRecord>> ConfirmAsync(Person person, CancellationToken cancellationToken)
    {
        var now = await people.FindAsync(person.Uid, cancellationToken);
        if (now?.RetiredAt is not { } at)
            return Problem.Internal($"{person.Uid} is not stored as retired; look at Bascule's log and try again");
        List<EndedRecord> ended = [];
        foreach (var other in others)
            ended.Add(new EndedRecord(other.What, await other.CountLeftAsync(now, cancellationToken)));
        return new RetiredRecord(now.Uid, at, ended, ended.TrueForAll(one => one.Left == 0));
    }
}
