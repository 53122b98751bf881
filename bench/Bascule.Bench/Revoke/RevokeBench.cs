using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Bascule.Bench.Revoke;

/// <summary>
/// How long a token opens anything once its revocation was asked for at one of two replicas: until both refuse it, and until a clone that was under way at the
/// other one is cut.
/// </summary>
internal static class RevokeBench
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMilliseconds(5);

    /// <param name="isQuick">A look while working on it, not a measurement.</param>
    public static async Task<int> RunAsync(bool isQuick, CancellationToken cancellationToken)
    {
        await using var world = await RevokeWorld.SetAsync(cancellationToken);
        List<double> refused = [];
        List<double> cut = [];
        for (var sample = 0; sample < (isQuick ? 10 : 100); sample++)
        {
            var (refusal, end) = await MeasureAsync(world, sample, cancellationToken);
            refused.Add(refusal.TotalMilliseconds);
            cut.Add(end.TotalMilliseconds);
            if (sample % 10 == 0)
                Console.Error.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"token {sample}: refused after {refusal.TotalMilliseconds:0} ms, clone cut after {end.TotalMilliseconds:0} ms"
                    )
                );
        }
        Console.WriteLine(
            new JsonObject
            {
                ["p50_ms"] = Math.Round(Percentiles.Of(refused, 50)),
                ["p99_ms"] = Math.Round(Percentiles.Of(refused, 99)),
                ["cut_p50_ms"] = Math.Round(Percentiles.Of(cut, 50)),
                ["cut_p99_ms"] = Math.Round(Percentiles.Of(cut, 99)),
                ["tokens"] = refused.Count,
            }.ToJsonString()
        );
        return 0;
    }

    private static async Task<(TimeSpan Refused, TimeSpan Cut)> MeasureAsync(
        RevokeWorld world,
        int sample,
        CancellationToken cancellationToken
    )
    {
        var token = await world.ExchangeAsync(cancellationToken);
        foreach (var replica in world.Replicas)
            if (!await world.IsTakenAsync(replica, token, cancellationToken))
                throw new InvalidOperationException($"{replica} does not take a fresh token");
        var (answer, pack) = await world.BeginCloneAsync(world.Replicas[1], token, cancellationToken);
        using var _ = answer;
        // What a replica remembers, and when it looks again, is of another age each time.
        await Task.Delay(TimeSpan.FromMilliseconds(sample * 37 % 500), cancellationToken);
        var clock = Stopwatch.StartNew();
        var refusals = world.Replicas.Select(replica => RefusedAsync(world, replica, token, clock, cancellationToken));
        var cutting = CutAsync(pack, clock, cancellationToken);
        await world.RevokeAsync(token, cancellationToken);
        var refused = await Task.WhenAll(refusals);
        return (refused.Max(), await cutting);
    }

    /// <summary>When the first answer came that refuses it. One that was asked for later and takes it would be a mistake, and is told.</summary>
    private static async Task<TimeSpan> RefusedAsync(
        RevokeWorld world,
        Uri replica,
        string token,
        Stopwatch clock,
        CancellationToken cancellationToken
    )
    {
        while (await world.IsTakenAsync(replica, token, cancellationToken))
        {
            if (clock.Elapsed > Patience)
                throw new TimeoutException($"{replica} still takes a token that was revoked");
            await Task.Delay(BetweenLooks, cancellationToken);
        }
        var refused = clock.Elapsed;
        return await world.IsTakenAsync(replica, token, cancellationToken)
            ? throw new InvalidOperationException($"{replica} took a token again that it had refused")
            : refused;
    }

    /// <summary>Reads slowly, so that the pack cannot end first.</summary>
    private static async Task<TimeSpan> CutAsync(Stream pack, Stopwatch clock, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await pack.ReadAsync(buffer, cancellationToken) > 0)
                await Task.Delay(BetweenReads, cancellationToken);
        }
        catch (IOException)
        {
            return clock.Elapsed;
        }
        throw new InvalidOperationException("a clone ended whole before its token did");
    }
}
