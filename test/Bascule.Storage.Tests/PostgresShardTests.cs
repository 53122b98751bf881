using System.Text;
using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Work;
using Bascule.Storage.Postgres.Writing;
using Bascule.Testing.Storage;
using Npgsql;

namespace Bascule.Storage.Tests;

/// <summary>What only matters where there are several replicas: two storages on one database.</summary>
public sealed class PostgresShardTests() : ShardConformance(new TemporaryPostgres())
{
    /// <summary>Of a replica whose leases have ended as soon as they begin.</summary>
    private static readonly TimeSpan s_ended = TimeSpan.FromSeconds(-1);

    [Fact]
    public async Task AShardWithoutDueWorkIsNotClaimed()
    {
        await AddAsync("lane");

        (await Storage.Shards.ClaimAsync(Noon.AddSeconds(-1), TimeSpan.Zero, None)).ShouldBeEmpty();
        (await Storage.Shards.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task WhoeverLostALeaseStoresNothingMore()
    {
        await AddAsync("lane");
        var old = (await Storage.Shards.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldHaveSingleItem();
        var item = (await Storage.Work.ReadDueAsync(Noon, [], 1, None)).ShouldHaveSingleItem();
        await Storage.Shards.ReleaseAsync([old], ShardRelease.Idle, None);
        var taken = (await Storage.Shards.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldHaveSingleItem();

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
        var old = (await Storage.Shards.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldHaveSingleItem();
        await Storage.Shards.ReleaseAsync([old], ShardRelease.Idle, None);
        _ = await Storage.Shards.ClaimAsync(Noon, TimeSpan.Zero, None);

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

    [Fact]
    public async Task WhatWasHandedOverIsLeftAloneByWhoeverHasEnough()
    {
        await AddAsync("lane");
        var lease = (await Storage.Shards.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldHaveSingleItem();

        await Storage.Shards.ReleaseAsync([lease], ShardRelease.HandedOver, None);

        (await Storage.Shards.ClaimAsync(Noon, TimeSpan.FromHours(1), None)).ShouldBeEmpty();
        (await Storage.Shards.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldHaveSingleItem().AfterCrash.ShouldBeFalse();
    }

    [Theory]
    [InlineData(ShardRelease.Idle)]
    [InlineData(ShardRelease.Stopping)]
    public async Task WhatWasGivenBackForAnotherReasonIsTakenByAnybody(ShardRelease because)
    {
        await AddAsync("lane");
        var lease = (await Storage.Shards.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldHaveSingleItem();

        await Storage.Shards.ReleaseAsync([lease], because, None);

        (await Storage.Shards.ClaimAsync(Noon, TimeSpan.FromHours(1), None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task WhatADeadReplicaHeldIsTakenByAnybodyOnceItsLeaseEnds()
    {
        await using var database = new TemporaryPostgres();
        await using var dead = await database.OpenPostgresAsync(s_ended);
        await using var other = await database.OpenPostgresAsync();
        await other.Work.ApplyAsync([new AddWork(new NewWork("lane", "kind", "subject", Noon))], None);
        (await dead.Shards.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldHaveSingleItem();

        (await other.Shards.ClaimAsync(Noon, TimeSpan.FromHours(1), None))
            .ShouldHaveSingleItem()
            .AfterCrash.ShouldBeTrue();
    }

    [Theory]
    [InlineData(ShardRelease.HandedOver)]
    [InlineData(ShardRelease.Stopping)]
    [InlineData(null)]
    public async Task WhoeverHandsOverOrLeavesWakesTheOthers(ShardRelease? because)
    {
        await using var database = new TemporaryPostgres();
        await using var giving = await database.OpenPostgresAsync();
        await giving.Work.ApplyAsync([new AddWork(new NewWork("lane", "kind", "subject", Noon))], None);
        var lease = (await giving.Shards.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldHaveSingleItem();
        await using var other = new NpgsqlConnection(await database.AddressAsync());
        await other.OpenAsync();
        await using (var listen = new NpgsqlCommand("LISTEN bascule_work", other))
            await listen.ExecuteNonQueryAsync();

        await (
            because is { } given ? giving.Shards.ReleaseAsync([lease], given, None) : giving.Shards.LeaveAsync(None)
        );

        (await other.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
    }

    [Fact]
    public async Task ReplicasKnowOfEachOtherUntilTheyLeaveOrDie()
    {
        await using var database = new TemporaryPostgres();
        await using var one = await database.OpenPostgresAsync();
        await using var two = await database.OpenPostgresAsync();
        await using var dead = await database.OpenPostgresAsync(s_ended);

        (await one.Shards.MeetAsync(room: 5, None)).ShouldBe(Fleet.Alone);
        (await two.Shards.MeetAsync(room: 0, None)).ShouldBe(new Fleet(2, 5));
        await dead.Shards.MeetAsync(room: 7, None);

        (await one.Shards.MeetAsync(room: 3, None)).ShouldBe(new Fleet(2, 0));
        await one.Shards.LeaveAsync(None);
        (await two.Shards.MeetAsync(room: 0, None)).ShouldBe(Fleet.Alone);
    }

    private Task<Result<Done>> SettleAsync(WorkItem item) =>
        Storage.Work.SettleAsync(item, WorkResult.Finished(), Noon, None);

    private async Task<Result<Done>> WriteAsync(ShardLease? lease, int number)
    {
        using var scope = lease is null ? null : Storage.Shards.Under(lease);
        return await Storage.Work.ApplyAsync([new AddWork(new NewWork($"batch {number}", "batch", "x", Noon))], None);
    }
}
