using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Bench.Audit;

/// <summary>
/// Durable entries appended a second by 32 writers, through all that the server does about an entry, beside the bare group-committed insert of the same bytes;
/// both in SQLite, in turns. Then a log of 1,000,000 entries: checked whole, one entry proven, and how much room it takes.
/// </summary>
internal static class AuditBench
{
    private const int Writers = 32;
    private const int LongLog = 1_000_000;
    private const int ShortLog = 50_000;
    private const int Proofs = 200;

    /// <param name="isQuick">A look while working on it, not a measurement.</param>
    public static async Task<int> RunAsync(bool isQuick, CancellationToken cancellationToken)
    {
        var (rounds, seconds) = isQuick ? (2, 2) : (6, 8);
        List<double> whole = [];
        List<double> bare = [];
        for (var round = 0; round < rounds; round++)
        {
            var (bascule, insert) = (
                await MeasureAsync(TimeSpan.FromSeconds(seconds), cancellationToken),
                await BareLog.MeasureAsync(Writers, TimeSpan.FromSeconds(seconds), cancellationToken)
            );
            Tell($"{(round == 0 ? "warm-up" : $"round {round}")}: bascule {bascule:0}/s, bare insert {insert:0}/s");
            if (round == 0)
                continue;
            whole.Add(bascule);
            bare.Add(insert);
        }
        var answer = new JsonObject
        {
            ["value"] = Math.Round(Percentiles.Of(whole, 50)),
            ["baseline"] = Math.Round(Percentiles.Of(bare, 50)),
            ["ratio"] = Math.Round(Percentiles.Of(whole.Zip(bare, (own, insert) => own / insert), 50), 2),
            ["writers"] = Writers,
        };
        await LongLogAsync(isQuick ? ShortLog : LongLog, answer, cancellationToken);
        Console.WriteLine(answer.ToJsonString());
        return 0;
    }

    private static async Task<double> MeasureAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        await using var log = await BenchLog.OpenAsync(cancellationToken);
        await log.StartAsync(cancellationToken);
        return await Load.RunAsync(Writers, time, log.AppendAsync, cancellationToken);
    }

    private static async Task LongLogAsync(int size, JsonObject answer, CancellationToken cancellationToken)
    {
        await using var log = await BenchLog.OpenAsync(cancellationToken);
        Tell($"filling a log of {size} entries");
        await log.FillAsync(size, cancellationToken);
        var source = await log.SourceAsync(cancellationToken);
        var clock = Stopwatch.StartNew();
        using var key = NoteKey.Parse(log.Key).Value;
        var verdict = await LogVerifier.VerifyAsync(source, new LogExpectation(key), cancellationToken);
        answer["verify_seconds"] = Math.Round(clock.Elapsed.TotalSeconds, 2);
        if (!verdict.Value.IsVerified || verdict.Value.Entries < size)
            throw new InvalidOperationException("the log that was to be checked is not whole");
        answer["proof_ms"] = Math.Round(Percentiles.Of(await ProveAsync(log, source, size, cancellationToken), 50), 2);
        answer["entries"] = verdict.Value.Entries;
        answer["entry_bytes"] = Math.Round((double)verdict.Value.EntryBytes / verdict.Value.Entries);
        answer["bytes_per_entry"] = Math.Round((double)await log.SizeAsync(cancellationToken) / verdict.Value.Entries);
    }

    /// <summary>How long a proof takes that nothing is remembered for, milliseconds.</summary>
    private static async Task<List<double>> ProveAsync(
        BenchLog log,
        ILogSource source,
        int size,
        CancellationToken cancellationToken
    )
    {
        var checkpoint = await log.CheckpointAsync(cancellationToken);
        List<double> times = [];
        for (var number = 0; number < Proofs; number++)
        {
            var index = (long)number * size / Proofs;
            var clock = Stopwatch.GetTimestamp();
            var path = await new TileTree(source, checkpoint.Size).InclusionAsync(index, cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
            var leaf = TreeHash.OfLeaf(await log.EntryAsync(index, cancellationToken));
            if (!TreeProof.Includes(checkpoint.Root, checkpoint.Size, index, leaf, [.. path.Value]))
                throw new InvalidOperationException($"entry {index} is not proven");
        }
        return times;
    }

    private static void Tell(FormattableString line) =>
        Console.Error.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
