using Bascule.Core;
using Bascule.Core.Work;
using Bascule.Storage;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

/// <summary>An empty database that tests may open and that goes away afterwards.</summary>
public interface IStorageUnderTest : IAsyncDisposable
{
    Task<IStorage> OpenAsync();

    /// <summary>Whether several processes may have it open at once.</summary>
    bool TakesReplicas => false;
}

/// <summary>What every kind of storage must do alike; each kind inherits every suite.</summary>
public abstract class StorageConformance(IStorageUnderTest database) : IAsyncLifetime
{
    protected static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    protected static CancellationToken None => CancellationToken.None;

    protected IStorage Storage { get; private set; } = null!;

    public async Task InitializeAsync() => Storage = await database.OpenAsync();

    public async Task DisposeAsync()
    {
        await Storage.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>A second one on the same database, as another replica has it; null where one process serves it.</summary>
    protected async Task<IStorage?> OpenReplicaAsync() => database.TakesReplicas ? await database.OpenAsync() : null;

    protected async Task ReopenAsync()
    {
        await Storage.DisposeAsync();
        Storage = await database.OpenAsync();
    }

    protected async Task ApplyAsync(params Change[] changes) =>
        (await Storage.Work.ApplyAsync(changes, None)).Failed(out var problem).ShouldBeFalse(problem?.Message);

    protected async Task ShouldConflictAsync(params Change[] changes) =>
        (await Storage.Work.ApplyAsync(changes, None)).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
}
