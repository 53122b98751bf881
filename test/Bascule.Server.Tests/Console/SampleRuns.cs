using Bascule.Core.Content;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Testing.Runs;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Console;

/// <summary>A small installation with a day's work in it: what the screenshots show.</summary>
internal static class SampleRuns
{
    private static readonly RepositoryKey Forecast = new("forge1", 8);
    private static readonly string[] Subjects =
    [
        "Tune depth and learning rate",
        "Drop the leaking column last_invoice",
        "Read the holidays of 2027",
        "Merge pull request 'Balance the classes' (#117)",
        "Pin scikit-learn to 1.7",
    ];

    /// <summary>The run with everything on its page.</summary>
    public static Run Fill(LocalServer server)
    {
        server.Repositories.Add(Churn, "ml", "churn");
        server.Repositories.Add(Forecast, "ml", "demand-forecast-north-america-and-emea-weekly");
        for (var i = 0; i < 14; i++)
            Add(server, i, i == 6 ? RunState.Failed : RunState.Succeeded);
        server.Runs.Add(AForecast(14, RunState.Superseded));
        server.Runs.Add(AForecast(15, RunState.Refused) with { Reason = "environment ml-prod allows branches [main]" });
        server.Runs.Add(AForecast(16, RunState.Planned) with { Environment = null });
        server.Runs.Add(ARun(RunState.Canceled, 17) with { CommitSubject = Subjects[1] });
        var compared = AddCompared(server);
        SampleStatements.Add(server, compared);
        server.Runs.Add(AForecast(19, RunState.AwaitingApproval));
        AddStarted(server);
        server.Runs.Add(ARun(RunState.Queued, 21) with { CommitSubject = Subjects[2], StartedAt = null });
        AddDeliveries(server);
        return compared;
    }

    private static void Add(LocalServer server, int i, RunState state)
    {
        var run = ARun(state, i) with { CommitSubject = Subjects[i % Subjects.Length] };
        server.Runs.Add(run with { FinishedAt = run.CreatedAt.AddSeconds(20 + i * 37 % 60) });
        server.Runs.SetMetrics(
            run.Id,
            new Metric("rmse", 0.46 - i * 0.004 + i % 3 * 0.006),
            new Metric("auc", 0.81 + i * 0.004 - i % 4 * 0.003),
            new Metric("latency_ms", 41 + i % 5)
        );
        if (state == RunState.Succeeded)
            server.Runs.SetModels(run.Id, new ModelVersion("main.churn.classifier", $"{i + 1}", null));
    }

    private static Run AForecast(int minute, RunState state) =>
        ARun(state, minute) with
        {
            Repository = Forecast,
            RepositoryName = "ml/demand-forecast-north-america-and-emea-weekly",
            Workflow = "train-the-hierarchical-reconciliation-model-for-all-regions",
            Ref = RefName.Parse("refs/heads/feature/ISSUE-1234-reconcile-bottom-up-with-very-long-branch-name"),
            Environment = "ml-staging-north-america",
            CommitSubject =
                "Reconcile bottom-up instead of top-down because regional managers asked for consistent sums",
            By = new ForgeAccount(4, "jo.park.with.a.long.login"),
        };

    private static Run AddCompared(LocalServer server)
    {
        server.Repositories.Add(APullRequest());
        var run = ARun(RunState.Succeeded, 18).OfPullRequest(118);
        run = server.Runs.Add(
            run with
            {
                FinishedAt = run.CreatedAt.AddSeconds(579),
                StartedAt = run.CreatedAt.AddSeconds(31),
                PlatformRunId = "884211903",
                PlatformPage = new Uri("https://adb-1.azuredatabricks.net/jobs/runs/884211903"),
                Content = new ContentId("5b6f1f0c2d8e4a7799aa0c31d7e2b84f6c5d3e2f1a0b9c8d7e6f5a4b3c2d1e0f"),
                Plan =
                    """{"environment":"ml-dev","task":{"dependencies":["scikit-learn==1.7"],"parameters":["--alpha","0.1","--run","{{run}}"],"python":"train.py"},"tree":"5b6f1f0c2d8e"}""",
                PlanDigest = "c0ffee0f2d8e4a7799aa0c31d7e2b84f6c5d3e2f1a0b9c8d7e6f5a4b3c2d1e0f",
            }
        );
        server.Runs.SetMetrics(
            run.Id,
            new Metric("rmse", 0.3871),
            new Metric("auc", 0.8834),
            new Metric("latency_ms", 47),
            new Metric("validation/mean_absolute_percentage_error_over_all_regions_and_weeks", 0.0312)
        );
        server.Runs.SetModels(
            run.Id,
            new ModelVersion("dev.churn.classifier", "7", new Uri("https://dbx.example/m/7"))
        );
        server.Runs.SetTimeline(run.Id, [.. Timeline(run.CreatedAt)]);
        server.Runs.SetLog(run.Id, Log());
        return run;
    }

    private static IEnumerable<TimelineEntry> Timeline(DateTimeOffset at) =>
        [
            new(at, "delivery", "pull request 118 opened by ana"),
            new(at.AddSeconds(1.2), "plan", "1 task, 214 files, model dev.churn.classifier"),
            new(at.AddSeconds(2), "queue", "waits for ml-dev: model:dev.churn.classifier is held by another run"),
            new(
                at.AddSeconds(31),
                "start",
                "37 of 214 files sent to /Workspace/Shared/bascule/5b6f1f0c2d8e, the rest was there"
            ),
            new(at.AddSeconds(64), "start", "Databricks run 884211903"),
            new(at.AddSeconds(70), "observe", "running on serverless compute"),
            new(at.AddSeconds(575), "report", "status and comment written to pull request 118"),
        ];

    private static string Log() =>
        string.Join(
            '\n',
            Enumerable
                .Range(1, 60)
                .Select(i =>
                    $"epoch {i, 3}  loss {1.9 / i + 0.31:0.0000}  \u001b[32mval_rmse {0.38 + 0.4 / i:0.0000}\u001b[0m"
                )
        )
        + "\nregistered dev.churn.classifier version 7 from runs:/0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e/model and tagged it with bascule.run, bascule.commit and bascule.content\n";

    private static void AddStarted(LocalServer server)
    {
        var now = TimeProvider.System.GetUtcNow();
        var run = ARun(RunState.Started, 20) with { CreatedAt = now.AddSeconds(-44), StartedAt = now.AddSeconds(-40) };
        server.Runs.Add(run);
        server.Runs.SetTimeline(
            run.Id,
            new TimelineEntry(now.AddSeconds(-44), "plan", "1 task"),
            new TimelineEntry(now.AddSeconds(-40), "start", "Databricks run 884211990")
        );
    }

    private static void AddDeliveries(LocalServer server)
    {
        string[] outcomes =
        [
            "run churn started",
            "the ref has not moved",
            "ignored: not a branch or tag",
            "",
            "replay of d1",
        ];
        foreach (var (outcome, i) in outcomes.Select((outcome, i) => (outcome, i)))
            server.Deliveries.Add(
                new Delivery
                {
                    Uid = $"d{i}",
                    WebhookUid = "w1",
                    Repository = i % 2 == 0 ? Churn : Forecast,
                    DeliveryId = $"5d0d6fd2-6a7e-4a3f-9d4e-0c8f3a2b1c0{i}",
                    EventName = i % 2 == 0 ? "push" : "pull_request",
                    BodyDigest = "",
                    Json = default,
                    ReceivedAt = Noon.AddMinutes(i),
                    Standing = (DeliveryStanding)(i % 4),
                    Outcome = outcome.Length == 0 ? null : outcome,
                }
            );
        var item = new WorkItem(1, "forge1/8", "event", "d9", 8, Noon);
        server.Quarantine.Items =
        [
            new(item, "git fetch: remote end hung up; see `bascule doctor`", Noon.AddMinutes(9)),
        ];
    }

    private static PullRequest APullRequest() =>
        new()
        {
            Repository = Churn,
            Number = 118,
            Title = "Tune depth",
            Base = RefName.Parse("refs/heads/main"),
            HeadBranch = "tune",
            FromFork = false,
            State = PullRequestState.Open,
            UpdatedAt = Noon,
        };
}
