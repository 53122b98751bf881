using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Bascule.Bench.Intake;
using Bascule.Core.Deliveries;
using Bascule.Core.Work;
using Bascule.Server.Events;
using Bascule.Storage;
using Bascule.Testing.Storage;
using Npgsql;

namespace Bascule.Bench.Cluster;

/// <summary>A database with stored deliveries that wait in 200 lanes.</summary>
internal sealed class FilledInbox
{
    private const int Lanes = 200;

    private FilledInbox(string address, int rows) => (Address, Rows) = (address, rows);

    public string Address { get; }

    private int Rows { get; }

    public static async Task<FilledInbox> CreateAsync(PostgresServer server, int rows)
    {
        var inbox = new FilledInbox(server.AddressOf(await server.CreateDatabaseAsync()), rows);
        await using (var storage = await PostgresStorage.OpenAsync(inbox.Address, TimeProvider.System, default))
            await FillAsync(storage, rows);
        await inbox.AskAsync("ANALYZE");
        return inbox;
    }

    public Task<long> CountWaitingAsync() => AskAsync("SELECT count(*) FROM work");

    public Task<long> CountTransactionsAsync() =>
        AskAsync("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()");

    /// <exception cref="InvalidOperationException">A delivery was not settled, or its audit entry is missing or double.</exception>
    public async Task ShouldBeDoneAsync()
    {
        var settled = await AskAsync("SELECT count(*) FROM delivery WHERE outcome IS NOT NULL");
        var entries = await AskAsync("SELECT count(*) FROM audit_entry");
        if (settled != Rows || entries != Rows)
            throw new InvalidOperationException($"{settled} settled and {entries} audit entries of {Rows}");
    }

    private static async Task FillAsync(PostgresStorage storage, int rows)
    {
        using var text = new StreamReader(typeof(FilledInbox).Assembly.GetManifestResourceStream("push.json")!);
        var json = text.ReadToEnd();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, rows),
            new ParallelOptions { MaxDegreeOfParallelism = 128 },
            async (row, cancellationToken) =>
            {
                var uid = string.Create(CultureInfo.InvariantCulture, $"d-{row}");
                var commit = row.ToString("x40", CultureInfo.InvariantCulture);
                var delivery = new Delivery
                {
                    Uid = uid,
                    WebhookUid = EndpointProcess.WebhookUid,
                    Repository = EndpointProcess.Repository,
                    DeliveryId = uid,
                    EventName = "push",
                    BodyDigest = commit,
                    Json = Encoding.UTF8.GetBytes(json.Replace("$AFTER", commit, StringComparison.Ordinal)),
                    ReceivedAt = DateTimeOffset.UtcNow,
                };
                var lane = string.Create(CultureInfo.InvariantCulture, $"bench:{row % Lanes}");
                var work = new NewWork(lane, EventWork.Ignored, uid, DateTimeOffset.UtcNow);
                await storage.Deliveries.AppendAsync(delivery, work, cancellationToken);
            }
        );
    }

    [SuppressMessage("Security", "CA2100", Justification = "Only called with this class's own constants.")]
    private async Task<long> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Address);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is long count ? count : 0;
    }
}
