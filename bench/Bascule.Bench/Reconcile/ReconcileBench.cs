using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Cli.Demo;
using Bascule.Cli.Demo.Databricks;
using Bascule.Core.Forges;
using Bascule.Core.Reconcile;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Server.Reconcile;
using Bascule.Simulators.Forges;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Bench.Reconcile;

/// <summary>
/// 5,000 repositories at the forge simulator that were all compared before, 1 % of them pushed to without a hook: how long one round at the default
/// budget takes, in real time, what it asks, and whether it finds them all.
/// </summary>
internal static class ReconcileBench
{
    private const int Repositories = 5000;
    private const int Changed = Repositories / 100;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var stage = await DemoStage.SetAsync("gitea", DatabricksDemo.StartAsync, cancellationToken);
        var connection = stage.Services.GetRequiredService<ForgeConnections>().All.Single();
        Say($"making {Repositories} repositories");
        var changing = await CreateAsync(stage, cancellationToken);
        await SeedAsync(stage, connection, changing, cancellationToken);
        // Forges tell whole seconds: a push in the second of the creation would not show.
        await Task.Delay(TimeSpan.FromSeconds(1.1), cancellationToken);
        Say($"pushing to {Changed} of them; no webhook is registered");
        await PushAsync(stage, changing, cancellationToken);
        var began = TimeProvider.System.GetUtcNow();
        var gap = await MeasureAsync(stage, connection, cancellationToken);
        Console.WriteLine(
            new JsonObject
            {
                ["seconds"] = Math.Round((gap.Round!.EndedAt!.Value - began).TotalSeconds, 1),
                ["requests"] = gap.Round.Requests,
                ["found"] = gap.ByReconciler.Count,
                ["late_p95_s"] = Math.Round(gap.ByReconciler.P95?.TotalSeconds ?? -1, 1),
                ["changed"] = Changed,
                ["repositories"] = Repositories,
                ["every_s"] = connection.Reconcile.Every.TotalSeconds,
            }.ToJsonString()
        );
        return gap.ByReconciler.Count == Changed ? 0 : 1;
    }

    private static async Task<IReadOnlyList<Simulators.Forges.ForgeRepository>> CreateAsync(
        DemoStage stage,
        CancellationToken cancellationToken
    )
    {
        var changing = new List<Simulators.Forges.ForgeRepository>();
        for (var number = 0; number < Repositories; number++)
        {
            var changes = number % (Repositories / Changed) == 0;
            var repository = await stage.Forge.CreateRepositoryAsync(
                "ml",
                string.Create(CultureInfo.InvariantCulture, $"model-{number}"),
                initialise: changes,
                cancellationToken: cancellationToken
            );
            stage.Forge.SetCollaborator(repository, DemoStage.BotName, ForgeAccess.Admin);
            if (changes)
                changing.Add(repository);
        }
        return changing;
    }

    /// <summary>As if each had been connected, and compared twice since.</summary>
    private static async Task SeedAsync(
        DemoStage stage,
        ConnectedForge connection,
        IReadOnlyList<Simulators.Forges.ForgeRepository> changing,
        CancellationToken cancellationToken
    )
    {
        var store = stage.Services.GetRequiredService<IWorkStore>();
        var tips = changing.ToDictionary(repository => repository.Id, Tip);
        var now = TimeProvider.System.GetUtcNow();
        foreach (var repository in (await connection.Forge.ListRepositoriesAsync(cancellationToken)).Value)
        {
            var key = new RepositoryKey(connection.Uid, repository.Id);
            var compared = new RepositoryComparison(key)
            {
                AskedAt = now,
                ComparedAt = now,
                Hint = repository.UpdatedAt,
                Settled = true,
            };
            List<Change> changes = [new SaveRepository(key, repository), new SaveComparison(compared)];
            if (tips.TryGetValue(repository.Id, out var tip))
                changes.Add(new RecordRefUpdate(First(key, repository, tip, now)));
            _ = (await store.ApplyAsync(changes, cancellationToken)).Value;
        }
    }

    private static RefUpdate First(
        RepositoryKey key,
        Core.Forges.ForgeRepository repository,
        CommitId tip,
        DateTimeOffset now
    ) =>
        new(
            key,
            RefName.Parse("refs/heads/" + repository.DefaultBranch),
            Generation: 1,
            Before: null,
            tip,
            RefMove.Created,
            By: null,
            Delivery: null,
            now
        );

    private static CommitId Tip(Simulators.Forges.ForgeRepository repository) =>
        CommitId.Parse(
            File.ReadAllText(Path.Combine(repository.GitDirectory, "refs/heads", repository.DefaultBranch)).Trim()
        );

    private static async Task PushAsync(
        DemoStage stage,
        IReadOnlyList<Simulators.Forges.ForgeRepository> changing,
        CancellationToken cancellationToken
    )
    {
        var folder = Directory.CreateTempSubdirectory("bascule-bench-").FullName;
        foreach (var repository in changing)
        {
            var developer = stage.AnotherDeveloper(Path.Combine(folder, repository.Name));
            await developer.CloneAsync(repository, cancellationToken);
            developer.Write("notes.txt", "changed without a hook\n");
            await developer.CommitAndPushAsync(repository.DefaultBranch, "Change", cancellationToken);
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<ForgeGap> MeasureAsync(
        DemoStage stage,
        ConnectedForge connection,
        CancellationToken cancellationToken
    )
    {
        var now = TimeProvider.System.GetUtcNow();
        var before = now - connection.Reconcile.Every;
        var store = stage.Services.GetRequiredService<IWorkStore>();
        var idle = new ReconcileRound(connection.Uid)
        {
            StartedAt = before,
            EndedAt = before,
            SweepStartedAt = before,
        };
        _ = await store.ApplyAsync(
            [new SaveReconcileRound(idle), ReconcileHandler.RowOf(connection.Uid, now)],
            cancellationToken
        );
        var gaps = stage.Services.GetRequiredService<IGapReport>();
        while (true)
        {
            await Task.Delay(Look, cancellationToken);
            var gap = (await gaps.ReadAsync(DateTimeOffset.UnixEpoch, cancellationToken)).Single();
            var isDone = gap.Round is { IsRunning: false } round && round.EndedAt > now && gap.Waiting == 0;
            if (isDone || TimeProvider.System.GetUtcNow() - now > Patience)
                return gap;
        }
    }

    private static void Say(string text) => Console.Error.WriteLine(text);
}
