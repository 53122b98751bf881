using Bascule.Core.Identity;
using Bascule.Core.People;

namespace Bascule.Testing.People;

/// <summary>People in memory.</summary>
public sealed class FakePeopleStore : IPeopleStore
{
    private readonly Lock _gate = new();
    private readonly List<Person> _people = [];
    private readonly List<ForgeLink> _links = [];

    public Person Add(Person person)
    {
        lock (_gate)
        {
            _people.RemoveAll(known => known.Uid == person.Uid);
            _people.Add(person);
        }
        return person;
    }

    public void Add(ForgeLink link)
    {
        lock (_gate)
            _links.Add(link);
    }

    public Task<Person?> FindAsync(string uid, CancellationToken cancellationToken) =>
        FindAsync(person => person.Uid == uid);

    public Task<Person?> FindAsync(Subject subject, CancellationToken cancellationToken) =>
        FindAsync(person => person.Subject == subject);

    public Task<Person?> FindFirstAdminAsync(CancellationToken cancellationToken) =>
        FindAsync(person => person is { Granted: Role.Admin, IsRetired: false });

    public Task<IReadOnlyList<Person>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<Person>>([
                .. _people.OrderBy(person => person.IsRetired).ThenBy(person => person.Name).Take(limit),
            ]);
    }

    public Task<IReadOnlyList<Person>> ListAsync(IReadOnlyCollection<string> uids, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<Person>>([.. _people.Where(person => uids.Contains(person.Uid))]);
    }

    public Task<IReadOnlyList<ForgeLink>> ReadLinksAsync(string personUid, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<ForgeLink>>([.. _links.Where(link => link.PersonUid == personUid)]);
    }

    public Task<ForgeLink?> FindLinkAsync(string forgeUid, long accountId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_links.Find(link => link.ForgeUid == forgeUid && link.AccountId == accountId));
    }

    private Task<Person?> FindAsync(Predicate<Person> isMeant)
    {
        lock (_gate)
            return Task.FromResult(_people.Find(isMeant));
    }
}
