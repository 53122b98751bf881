using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.Accounts;
using Bascule.Server.Connections;
using Bascule.Server.Console;

namespace Bascule.Server.People;

/// <summary>Who is known here, for the console and the API.</summary>
internal sealed class PeopleReader(
    IPeopleStore people,
    ForgeConnections forges,
    RoleRules roles,
    PolicyExplanation explanation
)
{
    private const int MostShown = 500;

    public async Task<PeopleView> ReadAsync(CancellationToken cancellationToken)
    {
        List<PersonRow> rows = [];
        foreach (var person in await people.ListAsync(MostShown, cancellationToken))
            rows.Add(await RowAsync(person, cancellationToken));
        return new PeopleView(rows, roles.All);
    }

    public async Task<PersonView?> FindAsync(string uid, CancellationToken cancellationToken)
    {
        if (await people.FindAsync(uid, cancellationToken) is not { } person)
            return null;
        return new PersonView(
            await RowAsync(person, cancellationToken),
            [
                .. Enum.GetValues<Act>()
                    .Select(act => (act, explanation.Explain(person, act, Scope.Installation), Anywhere(person, act))),
            ]
        )
        {
            Links =
            [
                .. (await people.ReadLinksAsync(uid, cancellationToken)).Select(link => new LinkedAccount(
                    link,
                    NameOf(link)
                )),
            ],
        };
    }

    public async Task<PersonList> ListAsync(CancellationToken cancellationToken)
    {
        var view = await ReadAsync(cancellationToken);
        return new PersonList([.. view.People.Select(Record)]);
    }

    private static PersonRecord Record(PersonRow row) =>
        new()
        {
            Uid = row.Person.Uid,
            Issuer = row.Person.Subject.Issuer,
            Subject = Show.Line(row.Person.Subject.Id),
            Name = Show.Line(row.Person.Name),
            Roles = [.. row.Roles.Select(held => held.Rule.ToString())],
            Accounts = [.. row.Accounts.Select(Show.Line)],
            LastSeenAt = row.Person.LastSeenAt,
            RetiredAt = row.Person.RetiredAt,
            ErasedAt = row.Person.ErasedAt,
            LegalHold = row.Person.LegalHold is { } hold ? LegalHoldRecord.Of(hold) : null,
        };

    private string NameOf(ForgeLink link) => forges.Find(link.ForgeUid)?.Name ?? link.ForgeUid;

    private bool Anywhere(Person person, Act act) =>
        !person.IsRetired && roles.DecideAnywhere(person.ToActor(authenticatedAt: null), act).IsAllowed;

    private async Task<PersonRow> RowAsync(Person person, CancellationToken cancellationToken)
    {
        var links = await people.ReadLinksAsync(person.Uid, cancellationToken);
        return new PersonRow(
            person,
            roles.Of(person.ToActor(authenticatedAt: null)),
            [.. links.Select(link => $"{NameOf(link)}:{link.Login}, by {link.Proof}")]
        );
    }
}
