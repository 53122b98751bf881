using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Bascule.Bench.Intake;

/// <summary>
/// Accepted deliveries per second, signature checked and durably stored, beside an endpoint that only makes the same group-committed insert. The two take
/// turns, so that a machine that slows down slows both; medians are compared.
/// </summary>
internal static class IntakeBench
{
    private const int Connections = 32;
    private const int PerConnection = 1200;
    private const int WarmUpPerConnection = 250;
    private const int Rounds = 3;

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var template = Template();
        var (intake, bare) = (new List<LoadResult>(), new List<LoadResult>());
        var lost = 0;
        for (var round = 0; round <= Rounds; round++)
        {
            var (bareResult, bareLost) = await MeasureAsync("bare", template, cancellationToken);
            var (intakeResult, intakeLost) = await MeasureAsync("bascule", template, cancellationToken);
            lost += bareLost + intakeLost;
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(round == 0 ? "warm-up" : $"round {round}")}: bascule {intakeResult.PerSecond:0}/s, bare {bareResult.PerSecond:0}/s"
                )
            );
            if (round == 0)
                continue;
            intake.Add(intakeResult);
            bare.Add(bareResult);
        }
        Console.WriteLine(Report(intake, bare, lost).ToJsonString());
        return lost == 0 ? 0 : 1;
    }

    private static JsonObject Report(List<LoadResult> intake, List<LoadResult> bare, int lost)
    {
        var value = Percentiles.Of(intake.Select(result => result.PerSecond), 50);
        var baseline = Percentiles.Of(bare.Select(result => result.PerSecond), 50);
        var latencies = intake.SelectMany(result => result.Latencies).ToList();
        var ratio = Percentiles.Of(intake.Zip(bare, (one, other) => one.PerSecond / other.PerSecond), 50);
        return new JsonObject
        {
            ["value"] = Math.Round(value),
            ["baseline"] = Math.Round(baseline),
            ["ratio"] = Math.Round(ratio, 3),
            ["p50_ms"] = Math.Round(Percentiles.Of(latencies, 50), 2),
            ["p99_ms"] = Math.Round(Percentiles.Of(latencies, 99), 2),
            ["lost"] = lost,
        };
    }

    /// <returns>What the generator saw, and how many accepted deliveries the database does not have.</returns>
    private static async Task<(LoadResult Result, int Lost)> MeasureAsync(
        string kind,
        string template,
        CancellationToken cancellationToken
    )
    {
        var folder = Directory.CreateTempSubdirectory("bascule-bench-").FullName;
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Program(), "endpoint", kind, folder])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            var address = new Uri((await process.StandardOutput.ReadLineAsync(cancellationToken))!);
            var warm = await new LoadGenerator(address, Connections, WarmUpPerConnection).RunAsync(
                template.Replace("add train job", "warm up", StringComparison.Ordinal)
            );
            var result = await new LoadGenerator(address, Connections, PerConnection).RunAsync(template);
            await process.StandardInput.WriteLineAsync();
            var stored = int.Parse(
                (await process.StandardOutput.ReadLineAsync(cancellationToken))!,
                CultureInfo.InvariantCulture
            );
            await process.WaitForExitAsync(cancellationToken);
            return (result, result.Accepted + warm.Accepted - stored);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> Program() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
            ? [typeof(IntakeBench).Assembly.Location]
            : [];

    /// <summary>A push as Gitea sends it, about 5 KB, whose new tip is filled in.</summary>
    private static string Template()
    {
        using var stream = typeof(IntakeBench).Assembly.GetManifestResourceStream("push.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
