using Bascule.Core.Exchange;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.People;

namespace Bascule.Server.Exchange;

/// <summary>Whoever is retired holds no token for git any more, person or workload (THREATS T45).</summary>
internal sealed class GitPassRetirement(IGitPassStore passes, TimeProvider time) : IRetirement
{
    private const int MostCounted = 1000;

    public string What => "tokens for git";

    public Task<IReadOnlyList<Change>> EndAsync(Person person, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Change>>([new RevokeGitPassesOf(person.Uid, time.GetUtcNow())]);

    public async Task<long> CountLeftAsync(Person person, CancellationToken cancellationToken) =>
        (await passes.ListAsync(person.Uid, time.GetUtcNow(), MostCounted, cancellationToken)).Count;
}
