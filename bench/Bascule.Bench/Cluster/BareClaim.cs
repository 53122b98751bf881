using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Bascule.Bench.Cluster;

/// <summary>
/// What PostgreSQL itself can do with the same rows: two connections claim 64 at a time with SKIP LOCKED, read their bodies, add an audit entry for each,
/// settle the deliveries and delete the rows, in one transaction. No lanes, no leases, no parsing.
/// </summary>
internal static class BareClaim
{
    private const int Batch = 64;

    public static Task DrainAsync(string address) => Task.WhenAll(OneAsync(address), OneAsync(address));

    private static async Task OneAsync(string address)
    {
        await using var connection = new NpgsqlConnection(address + ";Max Auto Prepare=20");
        await connection.OpenAsync();
        while (await ClaimAsync(connection) > 0) { }
    }

    private static async Task<int> ClaimAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var uids = new List<string>();
        await using (
            var claim = new NpgsqlCommand(
                """
                DELETE FROM work WHERE id IN (SELECT id FROM work ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING subject
                """,
                connection
            )
        )
        {
            claim.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Batch });
            await using var reader = await claim.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                uids.Add(reader.GetString(0));
        }
        if (uids.Count > 0)
            await SettleAsync(connection, [.. uids]);
        await transaction.CommitAsync();
        return uids.Count;
    }

    private static async Task SettleAsync(NpgsqlConnection connection, string[] uids)
    {
        await using (
            var read = new NpgsqlCommand(
                "SELECT json FROM delivery JOIN delivery_body ON delivery = seq WHERE uid = ANY($1)",
                connection
            )
        )
        {
            read.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = uids });
            await using var reader = await read.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                _ = reader.GetFieldValue<byte[]>(0);
        }
        await RunAsync(connection, "UPDATE delivery SET outcome = 'handled' WHERE uid = ANY($1)", uids);
        await using (var hold = new NpgsqlCommand("SELECT pg_advisory_xact_lock(1)", connection))
            await hold.ExecuteNonQueryAsync();
        foreach (var uid in uids)
            await RunAsync(connection, Append, [uid]);
    }

    private const string Append = """
        INSERT INTO audit_entry (idx, entry)
        SELECT (SELECT coalesce(max(idx) + 1, 0) FROM audit_entry), convert_to(repeat('x', 300) || uid, 'UTF8') FROM unnest($1) AS uid
        """;

    [SuppressMessage("Security", "CA2100", Justification = "Only called with this class's own constants.")]
    private static async Task RunAsync(NpgsqlConnection connection, string sql, string[] uids)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = uids });
        await command.ExecuteNonQueryAsync();
    }
}
