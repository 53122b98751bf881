using System.Text;
using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Work;
using Bascule.Storage.Postgres.Writing;
using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

/// <summary>What only matters where there are several replicas: two storages on one database.</summary>
public sealed class PostgresShardTests() : ShardConformance(new TemporaryPostgres())
{
    [Fact]
    public async Task AShardWithoutDueWorkIsNotClaimed()
    {
        await AddAsync("lane");

        (await Storage.Shards.ClaimAsync(Noon.AddSeconds(-1), None)).ShouldBeEmpty();
        (await Storage.Shards.ClaimAsync(Noon, None)).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task WhoeverLostALeaseStoresNothingMore()
    {
        await AddAsync("lane");
        var old = (await Storage.Shards.ClaimAsync(Noon, None)).ShouldHaveSingleItem();
        var item = (await Storage.Work.ReadDueAsync(Noon, [], 1, None)).ShouldHaveSingleItem();
        await Storage.Shards.ReleaseAsync([old], None);
        var taken = (await Storage.Shards.ClaimAsync(Noon, None)).ShouldHaveSingleItem();

        using (Storage.Shards.Under(old))
        {
            (await Storage.Audit.AppendAsync(Encoding.UTF8.GetBytes("{}"), None)).Problem!.Code.ShouldBe(
                ProblemCode.Conflict
            );
            (await SettleAsync(item)).Problem!.Message.ShouldContain("taken over by another replica");
        }

        (await Storage.Audit.ReadAsync(0, 1, None)).ShouldBeEmpty();
        using (Storage.Shards.Under(taken))
            (await SettleAsync(item)).Problem.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task ARefusedWriteTakesNothingOfTheOthersInItsBatchWithIt()
    {
        await AddAsync("lane");
        var old = (await Storage.Shards.ClaimAsync(Noon, None)).ShouldHaveSingleItem();
        await Storage.Shards.ReleaseAsync([old], None);
        _ = await Storage.Shards.ClaimAsync(Noon, None);

        var writes = Enumerable
            .Range(0, 20)
            .Select(number => WriteAsync(number % 5 == 0 ? old : null, number))
            .ToList();
        var answers = await Task.WhenAll(writes);

        answers.Count(answer => answer.Problem is null).ShouldBe(16);
        (await Storage.Work.ReadDueAsync(Noon, [], 100, None)).Count(item => item.Kind == "batch").ShouldBe(16);
    }

    [Fact]
    public async Task ALaneNeverLosesItsPlaceWhenItIsFilledAndDrainedAtOnce()
    {
        await AddAsync("lane");
        var filling = Task.Run(async () =>
        {
            for (var number = 0; number < 200; number++)
                await ApplyAsync(new AddWork(new NewWork("lane", "kind", $"{number}", Noon)));
        });
        List<string> drained = [];
        while (drained.Count < 201)
        {
            foreach (var item in await Storage.Work.ReadDueAsync(Noon, [], 1, None))
            {
                (await SettleAsync(item)).Problem.ShouldBeNull();
                drained.Add(item.Subject);
            }
        }
        await filling;
        drained.Skip(1).ShouldBe(Enumerable.Range(0, 200).Select(number => $"{number}"));
    }

    [Fact]
    [Trait("Threat", "T10")]
    public async Task OfManyIdenticalDeliveriesAtSeveralReplicasOneIsNew()
    {
        await using var database = new TemporaryPostgres();
        await using var one = await database.OpenPostgresAsync();
        await using var two = await database.OpenPostgresAsync();
        await using var three = await database.OpenPostgresAsync();
        PostgresStorage[] replicas = [one, two, three];
        await one.Work.ApplyAsync([new SaveWebhook(Sample.Webhook())], None);

        var standings = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(number =>
                    replicas[number % 3]
                        .Deliveries.AppendAsync(
                            Sample.Delivery($"uid-{number}"),
                            new NewWork("lane", "event", $"uid-{number}", Noon),
                            None
                        )
                )
        );

        standings.Count(standing => standing == DeliveryStanding.New).ShouldBe(1);
        standings.Count(standing => standing == DeliveryStanding.Redelivered).ShouldBe(49);
        (await two.Work.ReadDueAsync(Noon, [], 100, None)).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task AReplicaThatStopsInsideATransactionHoldsNobodyUpForLong()
    {
        await using var database = new TemporaryPostgres();
        await using var stopped = await database.OpenPostgresAsync();
        await using var other = await database.OpenPostgresAsync();
        using var inside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var writing = stopped.Writer.WriteAsync(
            session =>
            {
                session.Execute("SELECT pg_advisory_xact_lock(@Lock)", new { Lock = PostgresSession.AuditLock });
                inside.Set();
                goOn.Wait();
                return Result.Done;
            },
            None
        );
        inside.Wait();

        (await other.Audit.AppendAsync(Encoding.UTF8.GetBytes("{}"), None)).Value.ShouldBe(0);

        goOn.Set();
        await Should.ThrowAsync<StorageException>(writing);
        (await stopped.Audit.AppendAsync(Encoding.UTF8.GetBytes("{}"), None)).Value.ShouldBe(1);
    }

    private Task<Result<Done>> SettleAsync(WorkItem item) =>
        Storage.Work.SettleAsync(item, WorkResult.Finished(), Noon, None);

    private async Task<Result<Done>> WriteAsync(ShardLease? lease, int number)
    {
        using var scope = lease is null ? null : Storage.Shards.Under(lease);
        return await Storage.Work.ApplyAsync([new AddWork(new NewWork($"batch {number}", "batch", "x", Noon))], None);
    }
}
