using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Replicas;

/// <summary>
/// Two replicas on one real PostgreSQL. Each row's effect is the next generation of its lane's ref: stored only when it is exactly one more than the last,
/// so a lost, doubled or misordered effect shows.
/// </summary>
public sealed class ReplicaTests : IAsyncLifetime
{
    private const int Lanes = 24;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    /// <summary>Long enough to be renewed on a machine with other things to do: a lease lost for that alone would only cost time, but much of it.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    private PostgresServer _server = null!;
    private Replica _one = null!;
    private Replica _two = null!;
    private string _database = "";

    public async Task InitializeAsync() => await OpenAsync(await PostgresServer.SharedAsync());

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task TheyShareTheWorkAndKeepEachLanesOrder()
    {
        await FillAsync(rows: 20);

        await _one.StartAsync();
        await _two.StartAsync();

        await DrainedAsync(rows: 20);
        (_one.Handler.Handled.Count + _two.Handler.Handled.Count).ShouldBe(Lanes * 20);
    }

    [Fact]
    public async Task WorkStoredByOneWakesTheOther()
    {
        await _two.StartAsync();

        await FillAsync(rows: 1);

        await DrainedAsync(rows: 1);
        _two.Handler.Handled.Count.ShouldBe(Lanes);
    }

    [Fact]
    public async Task WhenOneIsCutOffTheOtherTakesOverAndNothingIsLostOrDoubled()
    {
        await FillAsync(rows: 20);
        await _one.StartAsync();
        await _two.StartAsync();
        await UntilAsync(() => _one.Handler.Handled.Count + _two.Handler.Handled.Count > Lanes * 5);

        _one.Cable.Cut();

        await UntilAsync(async () => await CountAsync(_two) == Lanes * 20);
        _one.Cable.Mend();
        await DrainedAsync(rows: 20);
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task OneThatWakesUpAfterItsLeaseEndedWritesNothingAndCallsNobody()
    {
        var (calls, asked) = (0, new TaskCompletionSource());
        var woken = new TaskCompletionSource();
        var refused = new TaskCompletionSource<bool>();
        _one.Handler.Act = async (item, _) =>
        {
            asked.TrySetResult();
            await woken.Task;
            var written = await _one.Audit.WriteAsync(new AuditEntry("call.begun", "lab"), default);
            refused.TrySetResult(written.Problem is not null);
            if (written.Problem is null)
                Interlocked.Increment(ref calls);
            return Next(item);
        };
        await FillAsync(rows: 1, lanes: 1);
        await _one.StartAsync();
        await asked.Task;

        _one.Cable.Stall();
        await _two.StartAsync();
        await UntilAsync(async () => await CountAsync(_two) == 1);
        woken.SetResult();
        _one.Cable.Mend();

        (await refused.Task.WaitAsync(Patience)).ShouldBeTrue();
        calls.ShouldBe(0);
        (await CountAsync(_two)).ShouldBe(1);
    }

    [Fact]
    public async Task ASlowLaneHoldsUpNoOtherOfItsShard()
    {
        var slow = new TaskCompletionSource();
        var lanes = Enumerable
            .Range(0, 10_000)
            .Select(number => $"lane {number}")
            .Where(lane => Shards.Of(lane) == 5)
            .Take(30)
            .ToList();
        _one.Handler.Act = async (item, _) =>
        {
            if (item.Lane == lanes[0])
                await slow.Task;
            return WorkResult.Finished();
        };
        foreach (var lane in lanes)
            await AddAsync(lane, "1", "2", "3");

        await _one.StartAsync();

        await UntilAsync(() => _one.Handler.Handled.Count == 1 + 29 * 3);
        slow.SetResult();
        await UntilAsync(() => _one.Handler.Handled.Count == 30 * 3);
    }

    [Fact]
    public async Task ARowThatComesWhileItsShardIsGivenBackIsNotForgotten()
    {
        await _one.StartAsync();
        await _two.StartAsync();
        for (var round = 0; round < 12; round++)
        {
            await AddAsync("lane", $"{round + 1}");
            await UntilAsync(() => _one.Handler.Handled.Count + _two.Handler.Handled.Count == round + 1);
            // A shard is given back half a second after its last row: these come before, at, and after that moment.
            await Task.Delay(420 + 20 * round);
        }
    }

    [Fact]
    public async Task AfterPostgresRestartedTheWorkGoesOn()
    {
        await using var server = await PostgresServer.StartAsync(durable: true);
        await DisposeAsync();
        await OpenAsync(server);
        await FillAsync(rows: 20);
        await _one.StartAsync();
        await _two.StartAsync();
        await UntilAsync(() => _one.Handler.Handled.Count + _two.Handler.Handled.Count > Lanes * 3);

        await server.StopAsync();
        await server.StartAgainAsync();

        await DrainedAsync(rows: 20);
        await DisposeAsync();
    }

    private async Task OpenAsync(PostgresServer server)
    {
        _server = server;
        _database = await server.CreateDatabaseAsync();
        _one = await Replica.OpenAsync(server, _database, Lease);
        _two = await Replica.OpenAsync(server, _database, Lease);
        _one.Handler.Act = _two.Handler.Act = async (item, cancellation) =>
        {
            await Task.Delay(5, cancellation);
            return Next(item);
        };
    }

    /// <summary>The effect of a row: its ref moves on by one generation.</summary>
    private static WorkResult Next(WorkItem item)
    {
        var generation = long.Parse(item.Subject, System.Globalization.CultureInfo.InvariantCulture);
        return WorkResult.Finished(
            new RecordRefUpdate(
                Sample.Update(generation, before: null, Sample.Commit('a')) with
                {
                    Ref = RefName.Parse("refs/heads/" + item.Lane),
                }
            )
        );
    }

    private async Task FillAsync(int rows, int lanes = Lanes)
    {
        for (var row = 1; row <= rows; row++)
        {
            for (var lane = 0; lane < lanes; lane++)
                await AddAsync($"lane{lane}", $"{row}");
        }
    }

    private async Task AddAsync(string lane, params string[] subjects) =>
        (
            await _one.Storage.Work.ApplyAsync(
                [.. subjects.Select(subject => new AddWork(new NewWork(lane, "lab", subject, DateTimeOffset.UtcNow)))],
                default
            )
        ).Problem.ShouldBeNull();

    private static async Task<int> CountAsync(Replica replica) =>
        (await replica.Storage.Repositories.ListUpdatesAsync(Sample.Repository, default)).Count;

    private async Task DrainedAsync(int rows)
    {
        await UntilAsync(async () => await CountAsync(_two) == Lanes * rows);
        var updates = await _two.Storage.Repositories.ListUpdatesAsync(Sample.Repository, default);
        foreach (var lane in updates.GroupBy(update => update.Ref))
            lane.Select(update => update.Generation).ShouldBe(Enumerable.Range(1, rows).Select(row => (long)row));
        (await _two.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldBeEmpty();
        (await _two.Storage.Work.ReadNextDueAsync([], default)).ShouldBeNull();
    }

    private static Task UntilAsync(Func<bool> reached) => UntilAsync(() => Task.FromResult(reached()));

    private static async Task UntilAsync(Func<Task<bool>> reached)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await reached())
        {
            patience.IsCancellationRequested.ShouldBeFalse("it did not come to that in time");
            await Task.Delay(10);
        }
    }
}
