using Bascule.Core.Identity;
using Bascule.Core.People;

namespace Bascule.Server.Tests.World;

/// <summary>People in memory, with the accounts that they have linked, in front of those that are stored.</summary>
internal sealed class FakePeople(IPeopleStore stored) : IPeopleStore
{
    private readonly List<Person> _people = [];
    private readonly List<ForgeLink> _links = [];

    /// <summary>Adds a person of the group of leads, with an account at the forge.</summary>
    public Person Add(string name, long? account, params string[] groups)
    {
        var person = new Person($"p-{name}", new Subject("https://id.example.com", name))
        {
            Name = name,
            Groups = groups.Length == 0 ? ["ml-leads"] : groups,
            FirstSeenAt = DateTimeOffset.UnixEpoch,
            LastSeenAt = DateTimeOffset.UnixEpoch,
        };
        _people.Add(person);
        if (account is { } id)
            _links.Add(
                new ForgeLink(ServerWorld.Churn.ForgeUid, id, name, person.Uid, "oauth2", DateTimeOffset.UnixEpoch)
            );
        return person;
    }

    public void Replace(Person person) => _people[_people.FindIndex(known => known.Uid == person.Uid)] = person;

    public async Task<Person?> FindAsync(string uid, CancellationToken cancellationToken) =>
        _people.Find(person => person.Uid == uid) ?? await stored.FindAsync(uid, cancellationToken);

    public async Task<Person?> FindAsync(Subject subject, CancellationToken cancellationToken) =>
        _people.Find(person => person.Subject == subject) ?? await stored.FindAsync(subject, cancellationToken);

    public async Task<IReadOnlyList<Person>> ListAsync(int limit, CancellationToken cancellationToken) =>
        [.. _people.Concat(await stored.ListAsync(limit, cancellationToken)).Take(limit)];

    public async Task<IReadOnlyList<Person>> ListAsync(
        IReadOnlyCollection<string> uids,
        CancellationToken cancellationToken
    ) => [.. _people.Where(person => uids.Contains(person.Uid)), .. await stored.ListAsync(uids, cancellationToken)];

    public Task<Person?> FindFirstAdminAsync(CancellationToken cancellationToken) =>
        stored.FindFirstAdminAsync(cancellationToken);

    public Task<IReadOnlyList<ForgeLink>> ReadLinksAsync(string personUid, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ForgeLink>>([.. _links.Where(link => link.PersonUid == personUid)]);

    public Task<ForgeLink?> FindLinkAsync(string forgeUid, long accountId, CancellationToken cancellationToken) =>
        Task.FromResult(_links.Find(link => link.ForgeUid == forgeUid && link.AccountId == accountId));
}
