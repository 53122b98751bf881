using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Api;

/// <summary>What the API writes, letter by letter: a change here breaks scripts that people have written.</summary>
public sealed class WireFormatTests
{
    private const string Json = """
        {
          "run": {
            "id": "0123456789",
            "state": "awaiting_approval",
            "final": false,
            "forge": "git",
            "repository": "ml/churn",
            "workflow": "churn",
            "environment": "ml-prod",
            "on_merge": false,
            "ref": "refs/heads/main",
            "pull_request": null,
            "commit": "9f3ac71000000000000000000000000000000000",
            "commit_subject": "Tune",
            "by": "ana",
            "trigger": "ref:refs/heads/main:1",
            "ordinal": 0,
            "reason": null,
            "cancel_requested": false,
            "platform_run_id": "884",
            "platform_page": "https://dbx.example/884",
            "delivery": "d1",
            "rolls_back": null,
            "reproduces": null,
            "promotes": null,
            "created_at": "2026-11-20T12:00:00.000Z",
            "started_at": null,
            "finished_at": null,
            "models": [
              {
                "name": "main.churn.classifier",
                "version": "2",
                "page": null
              }
            ]
          },
          "timeline": [
            {
              "at": "2026-11-20T12:00:00.000Z",
              "step": "plan",
              "text": "1 task"
            }
          ],
          "metrics": [
            {
              "name": "rmse",
              "value": 0.3,
              "base": 0.4,
              "goal": "lower",
              "verdict": "better",
              "promoted": 0.25,
              "promoted_verdict": "worse"
            }
          ],
          "base_run": null,
          "promoted": {
            "model": "main.churn.classifier",
            "version": "1",
            "alias": "production",
            "environment": "ml-prod",
            "run": "1234567890"
          },
          "log": "done\n",
          "content_id": null,
          "plan_digest": null,
          "plan": {
            "task": 1
          },
          "plan_summary": [],
          "shortfall": null,
          "reproduction": {
            "of": "9876543210",
            "outcome": "differs",
            "differences": [
              "rmse 0.31 \u2192 0.33"
            ],
            "unpinned": []
          },
          "approvals": {
            "required": 2,
            "missing": 1,
            "proof_missing": false,
            "proven_by": null,
            "from": [
              "group:ml-leads"
            ],
            "expires_at": "2026-11-20T12:00:00.000Z",
            "given": [
              {
                "by": "p-grace",
                "name": "grace",
                "at": "2026-11-20T12:00:00.000Z",
                "source": "bascule",
                "counts": true,
                "because": null,
                "comment": "fine",
                "carried_from": null
              }
            ],
            "break_glass": null
          }
        }
        """;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public void OfARunStaysAsItIs()
    {
        using var written = JsonDocument.Parse(
            JsonSerializer.SerializeToUtf8Bytes(ADetail(), ApiJson.Default.RunDetail)
        );
        using var expected = JsonDocument.Parse(Json);

        Lines(written).ShouldBe(Lines(expected));
    }

    [Fact]
    public void OfARunIsReadBack()
    {
        var read = JsonSerializer.Deserialize(Json, ApiJson.Default.RunDetail).ShouldNotBeNull();

        read.Run.State.ShouldBe(RunState.AwaitingApproval);
        read.Run.CreatedAt.ShouldBe(Noon);
        read.Metrics.ShouldHaveSingleItem().Verdict.ShouldBe(MetricVerdict.Better);
    }

    [Theory]
    [InlineData("\"great\"")]
    [InlineData("1")]
    [InlineData("null")]
    public void RefusesAStateThatIsNone(string state) =>
        Should.Throw<JsonException>(() =>
            JsonSerializer.Deserialize(
                Json.Replace("\"awaiting_approval\"", state, StringComparison.Ordinal),
                ApiJson.Default.RunDetail
            )
        );

    [Fact]
    public void SpellsEveryCodeOfAProblem() =>
        Enum.GetValues<ProblemCode>()
            .Select(code => new ProblemDocument("about:blank", "", 400, "", code, null))
            .Select(document => JsonSerializer.SerializeToElement(document, ApiJson.Default.ProblemDocument))
            .Select(element => element.GetProperty("code").GetString())
            .ShouldBe([
                "invalid",
                "unauthenticated",
                "denied",
                "not_found",
                "conflict",
                "limited",
                "unavailable",
                "internal",
            ]);

    private static string[] Lines(JsonDocument document) => JsonSerializer.Serialize(document, Indented).Split('\n');

    private static RunDetail ADetail() =>
        new()
        {
            Run = new RunSummary
            {
                Id = "0123456789",
                State = RunState.AwaitingApproval,
                Final = false,
                Forge = "git",
                Repository = "ml/churn",
                Workflow = "churn",
                Environment = "ml-prod",
                Ref = "refs/heads/main",
                Commit = "9f3ac71000000000000000000000000000000000",
                CommitSubject = "Tune",
                By = "ana",
                Trigger = "ref:refs/heads/main:1",
                Ordinal = 0,
                PlatformRunId = "884",
                PlatformPage = "https://dbx.example/884",
                Delivery = "d1",
                CreatedAt = Noon.ToOffset(TimeSpan.FromHours(2)),
                Models = [new ModelRecord("main.churn.classifier", "2", null)],
            },
            Timeline = [new TimelineRecord(Noon, "plan", "1 task")],
            Metrics =
            [
                new MetricRecord("rmse", 0.3, 0.4, MetricGoal.Lower, MetricVerdict.Better)
                {
                    Promoted = 0.25,
                    PromotedVerdict = MetricVerdict.Worse,
                },
            ],
            Promoted = new PromotedRecord("main.churn.classifier", "1", "production", "ml-prod", "1234567890"),
            Log = "done\n",
            Plan = JsonElement.Parse("""{"task":1}"""),
            Reproduction = new ReproductionRecord("9876543210", ReproductionOutcome.Differs, ["rmse 0.31 → 0.33"], []),
            Approvals = AnApproval(),
        };

    private static ApprovalsRecord AnApproval() =>
        new()
        {
            Required = 2,
            Missing = 1,
            From = ["group:ml-leads"],
            ExpiresAt = Noon,
            Given = [new ApprovalRecord("p-grace", "grace", Noon, "bascule", Counts: true, null, "fine", null)],
        };
}
