using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core.Approvals;
using Bascule.Core.Audit;
using Bascule.Core.Provenance.InToto;
using Bascule.Core.Runs;

namespace Bascule.Core.Provenance.Statements;

/// <summary>
/// What Bascule itself says of a run: this identity, under this approval, sent this commit there, and this came of it. Its form is
/// <c>schemas/run-provenance.schema.json</c>.
/// </summary>
public static class RunStatement
{
    public static byte[] Write(RunEvidence evidence)
    {
        StatementSubject?[] subjects =
        [
            SourceSubject.Commit(evidence),
            SourceSubject.Content(evidence.Run),
            SourceSubject.Tree(evidence.Run),
            .. evidence
                .Models.Where(model => model.Sha256 is not null)
                .Select(model => ModelSubject.Of(model, evidence.Platform)),
        ];
        return Statement.Write(
            [.. subjects.OfType<StatementSubject>()],
            ProvenanceNames.RunPredicate,
            Predicate(evidence)
        );
    }

    private static JsonObject Predicate(RunEvidence evidence)
    {
        var run = evidence.Run;
        var predicate = new JsonObject
        {
            ["run"] = new JsonObject
            {
                ["id"] = run.Id.Text,
                ["workflow"] = run.Workflow,
                ["trigger"] = run.Trigger.Text,
                ["ordinal"] = run.Ordinal,
                ["idempotencyKey"] = run.Key.Hex,
            },
            ["source"] = Source(evidence),
            ["by"] = new JsonArray([.. evidence.By.Select(Party)]),
            ["decision"] = Decision(evidence),
            ["environment"] = new JsonObject { ["name"] = run.Environment, ["uid"] = evidence.EnvironmentUid },
            ["plan"] = new JsonObject { ["sha256"] = run.PlanDigest },
            ["platform"] = new JsonObject
            {
                ["kind"] = evidence.Platform?.Kind,
                ["name"] = evidence.Platform?.Name,
                ["address"] = evidence.Platform?.Address is { } address ? ModelSubject.Origin(address) : null,
                ["run"] = run.PlatformRunId,
            },
            ["result"] = new JsonObject
            {
                ["state"] = run.State.Word(),
                ["models"] = new JsonArray([.. evidence.Models.Select(Model)]),
            },
            ["times"] = new JsonObject
            {
                ["created"] = AuditEntry.TimeText(run.CreatedAt),
                ["started"] = Time(run.StartedAt),
                ["finished"] = Time(run.FinishedAt),
            },
            ["audit"] = new JsonObject
            {
                ["run"] = run.Id.Text,
                ["delivery"] = run.Delivery,
                ["repository"] = run.Repository.ToString(),
            },
            ["attested"] = new JsonObject
            {
                ["by"] = ModelSubject.Origin(evidence.Bascule),
                ["epoch"] = evidence.Epoch,
                ["at"] = AuditEntry.TimeText(evidence.At),
            },
        };
        if (run.Promotes is { } order)
            predicate["promotes"] = new JsonObject
            {
                ["model"] = order.Model,
                ["version"] = order.Version,
                ["alias"] = order.Alias,
                ["producer"] = order.Producer?.Text,
            };
        return predicate;
    }

    private static JsonObject Source(RunEvidence evidence)
    {
        var run = evidence.Run;
        return new JsonObject
        {
            ["forge"] = run.Repository.ForgeUid,
            ["repository"] = run.Repository.Id.ToString(CultureInfo.InvariantCulture),
            ["uri"] = SourceSubject.AddressOf(evidence)?.OriginalString,
            ["ref"] = run.Ref.ToString(),
            ["commit"] = run.Commit.ToString(),
            ["pullRequest"] = run.PullRequest?.ToString(CultureInfo.InvariantCulture),
            ["baseCommit"] = run.BaseCommit?.ToString(),
            ["content"] = run.Content?.Hex,
            ["treeSha256"] = run.TreeDigest,
        };
    }

    private static JsonObject Decision(RunEvidence evidence) =>
        new()
        {
            ["rule"] = evidence.Rule,
            ["approvals"] = new JsonArray([.. evidence.Approvals.Select(Given)]),
            ["withoutApprovals"] = evidence.BreakGlass is { } act ? Bypass(act) : null,
        };

    private static JsonObject Given(Approval approval) =>
        new()
        {
            ["id"] = approval.Uid,
            ["by"] = $"person:{approval.PersonUid}",
            ["at"] = AuditEntry.TimeText(approval.At),
            ["where"] = approval.Source.ToString().ToLowerInvariant(),
            ["carriedFrom"] = approval.CarriedFrom?.Text,
            ["approvedSha256"] = approval.Thing.PlanDigest,
        };

    /// <summary>Without the reason: those are somebody's words.</summary>
    private static JsonObject Bypass(BreakGlass act) =>
        new()
        {
            ["by"] = $"person:{act.PersonUid}",
            ["at"] = AuditEntry.TimeText(act.At),
            ["reviewedBy"] = act.ReviewedBy is { } person ? $"person:{person}" : null,
        };

    private static JsonObject Party(RunParty party) =>
        new()
        {
            ["party"] = party.Party,
            ["how"] = party.How,
            ["assurance"] = party.IsProven ? "proven" : "asserted",
            ["proof"] = party.Proof,
        };

    private static JsonObject Model(ModelVersion model) =>
        new()
        {
            ["name"] = model.Name,
            ["version"] = model.Version,
            ["sha256"] = model.Sha256,
        };

    private static string? Time(DateTimeOffset? time) => time is { } at ? AuditEntry.TimeText(at) : null;
}
