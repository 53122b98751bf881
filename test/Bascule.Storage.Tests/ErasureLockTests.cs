using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Testing.Storage;
using Dapper;
using Npgsql;

namespace Bascule.Storage.Tests;

/// <summary>Two replicas at one person: on PostgreSQL their transactions run side by side.</summary>
[Trait("Threat", "T121")]
public sealed class ErasureLockTests
{
    private const string Uid = "p-ada";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryPostgres _postgres = new();

    [Fact]
    public async Task AnErasureWaitsForTheHoldThatIsBeingPlacedAndHeedsIt()
    {
        await using var storage = await _postgres.OpenPostgresAsync();
        var person = new Person(Uid, new Subject("https://id.example.com", "ada"))
        {
            Name = "Ada",
            FirstSeenAt = Sample.Noon,
            LastSeenAt = Sample.Noon,
        };
        await storage.Work.ApplyAsync([new SavePerson(person), new RetirePerson(Uid, Sample.Noon)], default);
        await using var other = new NpgsqlConnection(await _postgres.AddressAsync());
        await other.OpenAsync();
        await using var placing = await other.BeginTransactionAsync();
        await other.ExecuteAsync("UPDATE person SET last_seen_at = last_seen_at WHERE uid = 'p-ada'");
        await other.ExecuteAsync(
            "INSERT INTO legal_hold (person_uid, reason, placed_by, placed_at) VALUES ('p-ada', 'case 7', 'person:p-admin', 1)"
        );

        var erasing = storage.Work.ApplyAsync(
            [new ErasePerson(Uid, new Subject(Person.ErasedIssuer, "digest"), Sample.Noon)],
            default
        );
        await WaitForWaiterAsync();
        await placing.CommitAsync();

        (await erasing).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
        (await storage.People.FindAsync(Uid, default))!.ErasedAt.ShouldBeNull();
    }

    /// <summary>Until a transaction of this database waits for another one.</summary>
    private async Task WaitForWaiterAsync()
    {
        await using var look = new NpgsqlConnection(await _postgres.AddressAsync());
        for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(20))
        {
            var waiting = await look.ExecuteScalarAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            );
            if (waiting > 0)
                return;
            (DateTime.UtcNow < deadline).ShouldBeTrue("the erasure does not wait");
        }
    }
}
