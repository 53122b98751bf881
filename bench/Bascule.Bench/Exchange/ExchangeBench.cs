using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Testing.Node;

namespace Bascule.Bench.Exchange;

/// <summary>
/// Tokens for git a second, each for a signed token that is verified, decided, audited and stored before it leaves; beside npm oidc-provider's tokens by client
/// credentials. They take turns, so that a machine that slows down slows all. Then how long one takes at 200 a second.
/// </summary>
internal static class ExchangeBench
{
    private const int Connections = 16;
    private const int SteadyConnections = 64;
    private const int PerSecond = 200;

    /// <summary>Tokens before the clock starts: a process that has just begun is busy compiling itself.</summary>
    private const int WarmUp = 2000;

    /// <param name="isQuick">A look while working on it, not a measurement.</param>
    public static async Task<int> RunAsync(bool isQuick, CancellationToken cancellationToken)
    {
        if (NodeOracle.Missing is { } missing)
        {
            Console.Error.WriteLine(missing);
            return 2;
        }
        var (rounds, slice) = isQuick ? (1, TimeSpan.FromSeconds(3)) : (5, TimeSpan.FromSeconds(8));
        await using var world = await ExchangeWorld.SetAsync();
        List<double> exchanges = [];
        List<double> signed = [];
        List<double> opaque = [];
        foreach (var load in (FormLoad[])[world.Bascule(), world.Provider(opaque: false), world.Provider(opaque: true)])
            await load.WarmUpAsync(Connections, WarmUp, cancellationToken);
        for (var round = 1; round <= rounds; round++)
        {
            var before = world.ProcessorTime;
            var one = await world.Bascule().RunAsync(Connections, slice, cancellationToken);
            var processor = (world.ProcessorTime - before).TotalMilliseconds / (one * slice.TotalSeconds);
            var two = await world.Provider(opaque: false).RunAsync(Connections, slice, cancellationToken);
            var three = await world.Provider(opaque: true).RunAsync(Connections, slice, cancellationToken);
            Tell(
                $"round {round}: bascule {one:0}/s ({processor:0.00} ms of processor each), oidc-provider {two:0}/s signed, {three:0}/s opaque"
            );
            exchanges.Add(one);
            signed.Add(two);
            opaque.Add(three);
        }
        var steady = await world
            .Bascule()
            .RunSteadyAsync(PerSecond, SteadyConnections, isQuick ? slice : slice * 3, cancellationToken);
        Console.WriteLine(Report(exchanges, signed, opaque, steady).ToJsonString());
        return 0;
    }

    private static JsonObject Report(
        List<double> exchanges,
        List<double> signed,
        List<double> opaque,
        IReadOnlyList<double> steady
    ) =>
        new()
        {
            ["value"] = Math.Round(Percentiles.Of(exchanges, 50)),
            ["baseline"] = Math.Round(Percentiles.Of(signed, 50)),
            ["ratio"] = Ratio(exchanges, signed),
            ["p99_ms"] = Math.Round(Percentiles.Of(steady, 99), 1),
            ["p50_ms"] = Math.Round(Percentiles.Of(steady, 50), 1),
            ["baseline_opaque"] = Math.Round(Percentiles.Of(opaque, 50)),
            ["ratio_opaque"] = Ratio(exchanges, opaque),
        };

    private static double Ratio(List<double> taken, List<double> beside) =>
        Math.Round(Percentiles.Of(taken.Zip(beside, (one, other) => one / other), 50), 2);

    private static void Tell(FormattableString text) =>
        Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
