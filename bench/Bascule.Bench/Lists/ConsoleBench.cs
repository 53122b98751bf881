using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Testing.Runs;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Bench.Lists;

/// <summary>
/// The console's list of runs over 100,000 runs, as a browser asks for it: newest first, narrowed in every way its chips offer, and far back. Beside it the
/// same questions over one page of runs, in the same process.
/// </summary>
internal static class ConsoleBench
{
    private const int Page = 50;
    private const int Runs = 100_000;
    private const int Repositories = 40;
    private const int Rounds = 60;
    private const int InOneChange = 200;

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var stage = await BasculeStage.SetAsync();
        await stage.StartInProcessAsync();
        using var browser = new HttpClient { BaseAddress = stage.LocalAddress };
        await AddRepositoriesAsync(stage, cancellationToken);
        await AddAsync(stage, 0, Page, cancellationToken);
        var few = await MeasureAsync(browser, await AddressesAsync(stage, cancellationToken), cancellationToken);
        Console.Error.WriteLine($"adding {Runs} runs");
        await AddAsync(stage, Page, Runs, cancellationToken);
        var many = await MeasureAsync(browser, await AddressesAsync(stage, cancellationToken), cancellationToken);
        Console.WriteLine(
            new JsonObject
            {
                ["p50_ms"] = Rounded(many, 50),
                ["p99_ms"] = Rounded(many, 99),
                ["baseline_p50_ms"] = Rounded(few, 50),
                ["ratio"] = Math.Round(Percentiles.Of(many, 50) / Percentiles.Of(few, 50), 2),
                ["runs"] = Runs,
            }.ToJsonString()
        );
        return 0;
    }

    /// <summary>How long each answer took, milliseconds, after one round that does not count.</summary>
    private static async Task<List<double>> MeasureAsync(
        HttpClient browser,
        IReadOnlyList<string> addresses,
        CancellationToken cancellationToken
    )
    {
        List<double> times = [];
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var address in addresses)
            {
                var clock = Stopwatch.GetTimestamp();
                var page = await browser.GetStringAsync(address, cancellationToken);
                if (!page.Contains("<h1>Runs</h1>", StringComparison.Ordinal))
                    throw new InvalidOperationException($"{address} is not the list of runs");
                if (round > 0)
                    times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
            }
            Tell(addresses, times, round);
        }
        return times;
    }

    private static void Tell(IReadOnlyList<string> addresses, List<double> times, int round)
    {
        if (round != Rounds)
            return;
        for (var place = 0; place < addresses.Count; place++)
        {
            var own = times.Where((_, index) => index % addresses.Count == place).ToList();
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Percentiles.Of(own, 50), 8:0.0} {Percentiles.Of(own, 99), 8:0.0} ms  {addresses[place]}"
                )
            );
        }
    }

    private static async Task<IReadOnlyList<string>> AddressesAsync(
        BasculeStage stage,
        CancellationToken cancellationToken
    )
    {
        var runs = stage.Services.GetRequiredService<IRunStore>();
        var last = (await runs.ListAsync(new RunFilter(Limit: 1), cancellationToken))[0];
        var middle = await FarBackAsync(runs, cancellationToken);
        var repository = Uri.EscapeDataString(last.Repository.ToString());
        return
        [
            "/",
            "/?state=succeeded",
            "/?state=failed",
            "/?state=refused",
            "/?state=started",
            $"/?repository={repository}",
            $"/?repository={repository}&state=failed",
            "/?workflow=train-3",
            "/?workflow=nothing-is-called-so",
            $"/?before={middle}",
            $"/?before={middle}&state=failed",
        ];
    }

    private static async Task<RunId> FarBackAsync(IRunStore runs, CancellationToken cancellationToken)
    {
        var middle = await runs.ListAsync(new RunFilter(Workflow: "middle"), cancellationToken);
        return middle[0].Id;
    }

    private static async Task AddRepositoriesAsync(BasculeStage stage, CancellationToken cancellationToken)
    {
        var store = stage.Services.GetRequiredService<IWorkStore>();
        for (var number = 0; number < Repositories; number++)
        {
            var repository = new ForgeRepository
            {
                Id = number,
                Owner = "ml",
                Name = Numbered("model-", number),
                DefaultBranch = "main",
            };
            _ = (await store.ApplyAsync([new SaveRepository(Key(number), repository)], cancellationToken)).Value;
        }
    }

    private static async Task AddAsync(BasculeStage stage, int from, int to, CancellationToken cancellationToken)
    {
        var store = stage.Services.GetRequiredService<IWorkStore>();
        foreach (var numbers in Enumerable.Range(from, to - from).Chunk(InOneChange))
            _ = (await store.ApplyAsync([.. numbers.SelectMany(Changes)], cancellationToken)).Value;
    }

    private static IEnumerable<Change> Changes(int number)
    {
        var run = ARun(number);
        yield return new AddRun(run);
        if (run.State == RunState.Succeeded)
            yield return new SaveResults(
                run.Id,
                [new Metric("rmse", 0.4)],
                [new ModelVersion("main.churn.classifier", Numbered("", number), null)]
            );
    }

    /// <summary>Most succeed; a few wait or run, as in a real installation.</summary>
    private static Run ARun(int number)
    {
        var state = (number % 100) switch
        {
            < 80 => RunState.Succeeded,
            < 92 => RunState.Failed,
            < 96 => RunState.Superseded,
            < 99 => RunState.Canceled,
            _ => number > Runs - Page ? RunState.Started : RunState.Refused,
        };
        var drafted = RunBuilder.ARun(state, number);
        var commit = CommitId.Parse(number.ToString("x40", CultureInfo.InvariantCulture));
        return drafted with
        {
            Repository = Key(number % Repositories),
            RepositoryName = Numbered("ml/model-", number % Repositories),
            Workflow = number is Page / 2 or Runs / 2 ? "middle" : Numbered("train-", number % 7),
            Commit = commit,
            Key = IdempotencyKey.Derive(1, Key(number % Repositories), drafted.Trigger, commit, "train", "ml-prod", 0),
        };
    }

    private static RepositoryKey Key(int number) => new("forge1", number);

    private static string Numbered(string name, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}{number}");

    private static double Rounded(IEnumerable<double> times, double percent) =>
        Math.Round(Percentiles.Of(times, percent), 1);
}
