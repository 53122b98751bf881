using Bascule.Core.Identity;
using Bascule.Core.People;

namespace Bascule.Server.Personal;

/// <summary>
/// The people that are stored; who is looked for by subject is found after they were erased as well, retired and without a name. So no part of Bascule takes
/// them for somebody new (THREATS T45).
/// </summary>
internal sealed class KnownPeople(IPeopleStore stored, ErasedSubjects erased) : IPeopleStore
{
    public Task<Person?> FindAsync(string uid, CancellationToken cancellationToken) =>
        stored.FindAsync(uid, cancellationToken);

    /// <summary>In this order: whoever is erased in between is found by the second.</summary>
    public async Task<Person?> FindAsync(Subject subject, CancellationToken cancellationToken) =>
        await stored.FindAsync(subject, cancellationToken)
        ?? await stored.FindAsync(erased.Of(subject), cancellationToken);

    public Task<Person?> FindFirstAdminAsync(CancellationToken cancellationToken) =>
        stored.FindFirstAdminAsync(cancellationToken);

    public Task<IReadOnlyList<Person>> ListAsync(int limit, CancellationToken cancellationToken) =>
        stored.ListAsync(limit, cancellationToken);

    public Task<IReadOnlyList<Person>> ListAsync(
        IReadOnlyCollection<string> uids,
        CancellationToken cancellationToken
    ) => stored.ListAsync(uids, cancellationToken);

    public Task<IReadOnlyList<ForgeLink>> ReadLinksAsync(string personUid, CancellationToken cancellationToken) =>
        stored.ReadLinksAsync(personUid, cancellationToken);

    public Task<ForgeLink?> FindLinkAsync(string forgeUid, long accountId, CancellationToken cancellationToken) =>
        stored.FindLinkAsync(forgeUid, accountId, cancellationToken);
}
