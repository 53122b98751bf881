using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Bascule.Bench.Audit;

/// <summary>
/// The baseline: entries of the same form in a table of their own, group-committed by one thread with the same durability, and nothing else.
/// To be called after the product's storage was opened, which finds the SQLite library for both.
/// </summary>
internal static class BareLog
{
    private const int MostTogether = 256;

    public static async Task<double> MeasureAsync(int writers, TimeSpan time, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("bascule-bare-").FullName;
        var waiting = Channel.CreateBounded<(byte[] Entry, TaskCompletionSource Done)>(MostTogether);
        var writer = Task.Factory.StartNew(
            () => Write(Path.Combine(folder, "bare.db"), waiting.Reader),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        var perSecond = await Load.RunAsync(
            writers,
            time,
            async (number, token) =>
            {
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await waiting.Writer.WriteAsync((BenchLog.Entry(number), done), token);
                await done.Task;
            },
            cancellationToken
        );
        waiting.Writer.Complete();
        await writer;
        Directory.Delete(folder, recursive: true);
        return perSecond;
    }

    private static void Write(string file, ChannelReader<(byte[] Entry, TaskCompletionSource Done)> waiting)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        Tell(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        Tell(connection, "CREATE TABLE entry (idx INTEGER PRIMARY KEY, entry BLOB NOT NULL)");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO entry (entry) VALUES (@entry)";
        var parameter = insert.Parameters.Add("@entry", SqliteType.Blob);
        List<TaskCompletionSource> written = [];
        while (waiting.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            Tell(connection, "BEGIN IMMEDIATE");
            while (written.Count < MostTogether && waiting.TryRead(out var next))
            {
                parameter.Value = next.Entry;
                insert.ExecuteNonQuery();
                written.Add(next.Done);
            }
            Tell(connection, "COMMIT");
            foreach (var done in written)
                done.SetResult();
            written.Clear();
        }
    }

    private static void Tell(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // only this class's own constants
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
