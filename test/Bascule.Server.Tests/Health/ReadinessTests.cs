using Bascule.Core.Work;
using Bascule.Server.Health;
using Bascule.Server.Tests.World;
using Bascule.Storage;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.Tests.Health;

public sealed class ReadinessTests : IAsyncLifetime, IWorkBacklog
{
    private ServerWorld _world = null!;
    private Func<Task<WorkBacklog>> _look = () => Task.FromResult(new WorkBacklog(0, null, 0));
    private int _looks;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task NamesADatabaseThatCannotBeRead()
    {
        _look = () => throw new StorageException("the file is gone");

        var health = await Readiness().ReadAsync(default);

        health.IsReady.ShouldBeFalse();
        var missing = health.Checks!.Single(check => !check.Ok);
        missing.Name.ShouldBe("storage.read");
        missing.Remedy.ShouldNotBeNull().ShouldContain("look at the disk");
    }

    [Fact]
    public async Task NamesADatabaseThatTakesNoTransactions()
    {
        await _world.Storage.DisposeAsync();

        var health = await Readiness().ReadAsync(default);

        health.Checks!.Single(check => !check.Ok).Name.ShouldBe("storage.write");
    }

    /// <summary>The clock stands: a second never passes.</summary>
    [Fact]
    [Trait("Threat", "T153")]
    public async Task HoweverManyAskTheDatabaseIsAskedOnce()
    {
        var readiness = Readiness();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => readiness.ReadAsync(default)));

        answers.ShouldAllBe(health => health.IsReady);
        _looks.ShouldBe(1);
    }

    Task<WorkBacklog> IWorkBacklog.ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _looks);
        return _look();
    }

    private Readiness Readiness() =>
        new(this, _world.Storage.Work, _world.Get<IHostApplicationLifetime>(), new StandingClock());

    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
