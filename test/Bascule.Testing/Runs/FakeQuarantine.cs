using Bascule.Core;
using Bascule.Core.Work;

namespace Bascule.Testing.Runs;

/// <summary>An inbox that has nothing due and stores nothing: only what was set aside can be read.</summary>
public sealed class FakeQuarantine : IWorkStore
{
    public IReadOnlyList<QuarantinedItem> Items { get; set; } = [];

    public Task<IReadOnlyList<WorkItem>> ReadDueAsync(DueWork query, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WorkItem>>([]);

    public Task<DateTimeOffset?> ReadNextDueAsync(
        IReadOnlyCollection<string> busyLanes,
        CancellationToken cancellationToken
    ) => Task.FromResult<DateTimeOffset?>(null);

    public Task<long?> ReadLastAsync(string lane, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    public Task<Result<Done>> SettleAsync(
        WorkItem item,
        WorkResult result,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) => Task.FromResult(Result.Done);

    public Task<Result<Done>> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken) =>
        Task.FromResult(Result.Done);

    public Task SuspectAsync(IReadOnlyCollection<WorkItem> items, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task<IReadOnlyList<QuarantinedItem>> ReadQuarantinedAsync(
        int limit,
        long? before,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<QuarantinedItem>>([
            .. Items
                .SkipWhile(set => before is not null && set.Item.Id != before)
                .Skip(before is null ? 0 : 1)
                .Take(limit),
        ]);

    public Task<QuarantinedItem?> FindQuarantinedAsync(long id, CancellationToken cancellationToken) =>
        Task.FromResult(Items.FirstOrDefault(set => set.Item.Id == id));

    public Task<IReadOnlyList<QuarantinedItem>> ReadQuarantinedAsync(
        string subject,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<QuarantinedItem>>([.. Items.Where(set => set.Item.Subject == subject)]);

    public Task<IReadOnlyList<WorkItem>> ReadWaitingAsync(string subject, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WorkItem>>([]);
}
