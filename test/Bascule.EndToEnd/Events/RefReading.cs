using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.EndToEnd.Events;

/// <summary>What the server in this process has recorded of a repository.</summary>
internal static class RefReading
{
    public static async Task<RepositoryKey> KeyAsync(this StageRepository repository)
    {
        var known = await Store(repository).ListAsync(CancellationToken.None);
        return known.Single(entry => entry.Repository.FullName == repository.FullName).Key;
    }

    public static async Task<IReadOnlyList<RefUpdate>> UpdatesAsync(this StageRepository repository, string branch)
    {
        var updates = await Store(repository).ListUpdatesAsync(await repository.KeyAsync(), CancellationToken.None);
        return [.. updates.Where(update => update.Ref.ShortName == branch)];
    }

    public static async Task<PullRequest?> PullRequestAsync(this StageRepository repository, long number) =>
        await Store(repository).FindPullRequestAsync(await repository.KeyAsync(), number, CancellationToken.None);

    /// <summary>Newest first.</summary>
    public static async Task<IReadOnlyList<Delivery>> DeliveriesAsync(this StageRepository repository)
    {
        var key = await repository.KeyAsync();
        var store = repository.Stage.Services.GetRequiredService<IDeliveryStore>();
        return [.. (await store.ListAsync(500, CancellationToken.None)).Where(stored => stored.Repository == key)];
    }

    private static IRepositoryStore Store(StageRepository repository) =>
        repository.Stage.Services.GetRequiredService<IRepositoryStore>();
}
