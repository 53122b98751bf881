using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core.Approvals;
using Bascule.Core.Audit;
using Bascule.Core.Runs;
using Bascule.Core.Text;

namespace Bascule.Server.Approvals;

/// <summary>What the audit log says of approvals: who, about exactly what, by which rule. No names, and nobody's words.</summary>
internal static class ApprovalEntries
{
    private const int MaxReason = 1000;

    public static AuditEntry Given(Run run, Approval approval) =>
        Entry(AuditTypes.ApprovalGiven, $"person:{approval.PersonUid}", run, approval.Thing) with
        {
            Decision = new AuditDecision(true, $"environments.{run.Environment}.approvals", "every rule is satisfied"),
            Facts = With(
                Facts(run, approval.Thing),
                ("approval", approval.Uid),
                ("generation", approval.Generation.ToString(CultureInfo.InvariantCulture)),
                ("source", approval.Source.ToString().ToLowerInvariant()),
                ("authenticated_at", approval.AuthenticatedAt is { } at ? AuditEntry.TimeText(at) : null),
                ("carried_from", approval.CarriedFrom?.Text)
            ),
        };

    public static AuditEntry Refused(Run run, string actor, string act, string rule, string reason) =>
        Entry(AuditTypes.ApprovalRefused, actor, run, ApprovedThing.Of(run)) with
        {
            Decision = new AuditDecision(false, rule, PlainText.Line(reason, MaxReason)),
            Facts = With(Facts(run, ApprovedThing.Of(run)), ("asked", act)),
        };

    public static AuditEntry Voided(Run run, Approval approval, string actor, string because) =>
        Entry(AuditTypes.ApprovalVoided, actor, run, approval.Thing) with
        {
            Decision = new AuditDecision(
                false,
                $"environments.{run.Environment}.approvals",
                PlainText.Line(because, MaxReason)
            ),
            Facts = With(
                Facts(run, approval.Thing),
                ("approval", approval.Uid),
                ("given_by", $"person:{approval.PersonUid}")
            ),
        };

    public static AuditEntry Of(string type, Run run, string actor, bool allow, string rule, string reason) =>
        Entry(type, actor, run, ApprovedThing.Of(run)) with
        {
            Decision = new AuditDecision(allow, rule, PlainText.Line(reason, MaxReason)),
        };

    private static AuditEntry Entry(string type, string actor, Run run, ApprovedThing? thing) =>
        new(type, actor)
        {
            Links = new Dictionary<string, string>
            {
                ["run"] = run.Id.Text,
                ["repository"] = run.Repository.ToString(),
            },
            Facts = Facts(run, thing),
        };

    private static JsonObject Facts(Run run, ApprovedThing? thing) =>
        new()
        {
            ["environment"] = run.Environment,
            ["commit"] = (thing?.Commit ?? run.Commit).ToString(),
            ["content"] = (thing?.Content ?? run.Content)?.Hex,
            ["plan_sha256"] = run.PlanDigest,
            ["approved_sha256"] = thing?.PlanDigest,
        };

    private static JsonObject With(JsonObject facts, params ReadOnlySpan<(string Name, string? Value)> more)
    {
        foreach (var (name, value) in more)
            if (value is not null)
                facts[name] = value;
        return facts;
    }
}
