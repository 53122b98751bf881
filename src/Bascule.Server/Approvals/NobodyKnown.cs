using Bascule.Core.Identity;
using Bascule.Core.People;

namespace Bascule.Server.Approvals;

/// <summary>Where people cannot sign in nobody is known, and so nobody approves.</summary>
internal sealed class NobodyKnown : IPeopleStore
{
    public Task<Person?> FindAsync(string uid, CancellationToken cancellationToken) => Task.FromResult<Person?>(null);

    public Task<Person?> FindAsync(Subject subject, CancellationToken cancellationToken) =>
        Task.FromResult<Person?>(null);

    public Task<IReadOnlyList<Person>> ListAsync(int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Person>>([]);

    public Task<IReadOnlyList<ForgeLink>> ReadLinksAsync(string personUid, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ForgeLink>>([]);

    public Task<ForgeLink?> FindLinkAsync(string forgeUid, long accountId, CancellationToken cancellationToken) =>
        Task.FromResult<ForgeLink?>(null);
}
