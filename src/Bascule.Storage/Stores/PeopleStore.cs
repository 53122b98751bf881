using System.Text.Json;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Dapper;

namespace Bascule.Storage.Stores;

internal sealed class PeopleStore(IReaders readers) : IPeopleStore
{
    private const string Select = """
        SELECT uid, issuer, subject, name, email, group_names, type, first_seen_at, last_seen_at, retired_at, granted_role, erased_at,
          reason AS held_because, placed_by AS held_by, placed_at AS held_at
        FROM person LEFT JOIN legal_hold ON legal_hold.person_uid = person.uid
        """;
    private const string SelectLink = "SELECT forge_uid, account_id, login, person_uid, proof, at FROM forge_link";

    public async Task<Person?> FindAsync(string uid, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<PersonRow>($"{Select} WHERE uid = @Uid", new { Uid = uid }, cancellationToken)
        )?.ToPerson();

    public async Task<Person?> FindAsync(Subject subject, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<PersonRow>(
                $"{Select} WHERE issuer = @Issuer AND subject = @Id",
                new { subject.Issuer, subject.Id },
                cancellationToken
            )
        )?.ToPerson();

    public async Task<Person?> FindFirstAdminAsync(CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<PersonRow>(
                $"{Select} WHERE granted_role = @Role AND retired_at IS NULL",
                new { Role = nameof(Role.Admin) },
                cancellationToken
            )
        )?.ToPerson();

    public async Task<IReadOnlyList<Person>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<PersonRow>(
            $"{Select} WHERE type <> @Workload ORDER BY CASE WHEN retired_at IS NULL THEN 0 ELSE 1 END, name, uid LIMIT @Limit",
            new { Limit = limit, Workload = nameof(ActorType.Workload) },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToPerson())];
    }

    public async Task<IReadOnlyList<Person>> ListAsync(
        IReadOnlyCollection<string> uids,
        CancellationToken cancellationToken
    )
    {
        if (uids.Count == 0)
            return [];
        var parameters = new DynamicParameters();
        var among = parameters.In(uids);
        var rows = await readers.ListAsync<PersonRow>($"{Select} WHERE uid IN {among}", parameters, cancellationToken);
        return [.. rows.Select(row => row.ToPerson())];
    }

    public async Task<IReadOnlyList<ForgeLink>> ReadLinksAsync(string personUid, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<LinkRow>(
            $"{SelectLink} WHERE person_uid = @PersonUid ORDER BY forge_uid, account_id",
            new { PersonUid = personUid },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToLink())];
    }

    public async Task<ForgeLink?> FindLinkAsync(string forgeUid, long accountId, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<LinkRow>(
                $"{SelectLink} WHERE forge_uid = @ForgeUid AND account_id = @AccountId",
                new { ForgeUid = forgeUid, AccountId = accountId },
                cancellationToken
            )
        )?.ToLink();

    private sealed record PersonRow
    {
        public required string Uid { get; init; }
        public required string Issuer { get; init; }
        public required string Subject { get; init; }
        public required string Name { get; init; }
        public string? Email { get; init; }
        public required string GroupNames { get; init; }
        public required string Type { get; init; }
        public long FirstSeenAt { get; init; }
        public long LastSeenAt { get; init; }
        public long? RetiredAt { get; init; }
        public string? GrantedRole { get; init; }
        public long? ErasedAt { get; init; }
        public string? HeldBecause { get; init; }
        public string? HeldBy { get; init; }
        public long? HeldAt { get; init; }

        public Person ToPerson() =>
            new(Uid, new Subject(Issuer, Subject))
            {
                Name = Name,
                Email = Email,
                Groups = JsonSerializer.Deserialize<string[]>(GroupNames) ?? [],
                Type = Enum.Parse<ActorType>(Type),
                FirstSeenAt = Times.Read(FirstSeenAt),
                LastSeenAt = Times.Read(LastSeenAt),
                RetiredAt = Times.Read(RetiredAt),
                Granted = GrantedRole is null ? null : Enum.Parse<Role>(GrantedRole),
                ErasedAt = Times.Read(ErasedAt),
                LegalHold = HeldAt is { } at ? new LegalHold(Uid, HeldBecause!, HeldBy!, Times.Read(at)) : null,
            };
    }

    private sealed record LinkRow
    {
        public required string ForgeUid { get; init; }
        public long AccountId { get; init; }
        public required string Login { get; init; }
        public required string PersonUid { get; init; }
        public required string Proof { get; init; }
        public long At { get; init; }

        public ForgeLink ToLink() => new(ForgeUid, AccountId, Login, PersonUid, Proof, Times.Read(At));
    }
}
