using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Storage;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Replicas;

/// <summary>
/// Two replicas on one real PostgreSQL. Each row's effect is the next generation of its lane's ref: stored only when it is exactly one more than the last,
/// so a lost, doubled or misordered effect shows.
/// </summary>
public abstract class ReplicaLab : IAsyncLifetime
{
    private protected const int Lanes = 24;
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    /// <summary>Long enough to be renewed on a machine with other things to do: a lease lost for that alone would only cost time, but much of it.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    private PostgresServer _server = null!;
    private string _database = "";

    private protected Replica One { get; private set; } = null!;
    private protected Replica Two { get; private set; } = null!;

    public async Task InitializeAsync() => await OpenAsync(await PostgresServer.SharedAsync());

    public async Task DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
    }

    private protected async Task OpenAsync(PostgresServer server)
    {
        _server = server;
        _database = await server.CreateDatabaseAsync();
        One = await Replica.OpenAsync(server, _database, Lease);
        Two = await Replica.OpenAsync(server, _database, Lease);
        One.Handler.Act = Two.Handler.Act = async (item, cancellation) =>
        {
            await Task.Delay(5, cancellation);
            return Next(item);
        };
    }

    /// <summary>The effect of a row: its ref moves on by one generation.</summary>
    private protected static WorkResult Next(WorkItem item, params Change[] more)
    {
        var generation = long.Parse(item.Subject, CultureInfo.InvariantCulture);
        var update = Sample.Update(generation, before: null, Sample.Commit('a')) with
        {
            Ref = RefName.Parse("refs/heads/" + item.Lane),
        };
        return WorkResult.Finished([new RecordRefUpdate(update), .. more]);
    }

    private protected async Task FillAsync(int rows, int lanes = Lanes)
    {
        for (var row = 1; row <= rows; row++)
        {
            for (var lane = 0; lane < lanes; lane++)
                await AddAsync($"lane{lane}", $"{row}");
        }
    }

    private protected async Task AddAsync(string lane, params string[] subjects) =>
        (
            await One.Storage.Work.ApplyAsync(
                [.. subjects.Select(subject => new AddWork(new NewWork(lane, "lab", subject, DateTimeOffset.UtcNow)))],
                default
            )
        ).Problem.ShouldBeNull();

    private protected static async Task<int> CountAsync(Replica replica) =>
        (await replica.Storage.Repositories.ListUpdatesAsync(Sample.Repository, default)).Count;

    private protected async Task DrainedAsync(int rows)
    {
        await UntilAsync(async () => await CountAsync(Two) == Lanes * rows);
        await CheckOrderAsync();
    }

    /// <summary>Nothing waits, nothing was set aside, and each lane's effects are there from the first to the last, once and in order.</summary>
    private protected async Task CheckOrderAsync()
    {
        var updates = await Two.Storage.Repositories.ListUpdatesAsync(Sample.Repository, default);
        foreach (var lane in updates.GroupBy(update => update.Ref))
        {
            lane.Select(update => update.Generation)
                .ShouldBe(Enumerable.Range(1, lane.Count()).Select(row => (long)row));
        }
        (await Two.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldBeEmpty();
        (await Two.Storage.Work.ReadNextDueAsync([], default)).ShouldBeNull();
    }

    /// <summary>How many shards it holds, as the database says.</summary>
    private protected Task<long> HeldByAsync(Replica replica) =>
        _server.CountAsync(
            _database,
            $"SELECT count(*) FROM shard WHERE holder = '{replica.Name}' AND lease_until > clock_timestamp()"
        );

    private protected static Task UntilAsync(Func<bool> reached) => UntilAsync(() => Task.FromResult(reached()));

    private protected static async Task UntilAsync(Func<Task<bool>> reached)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await TryAsync(reached))
        {
            patience.IsCancellationRequested.ShouldBeFalse("it did not come to that in time");
            await Task.Delay(10);
        }
    }

    /// <summary>A database that a busy machine keeps from answering is asked again.</summary>
    private static async Task<bool> TryAsync(Func<Task<bool>> reached)
    {
        try
        {
            return await reached();
        }
        catch (StorageException)
        {
            return false;
        }
    }
}
