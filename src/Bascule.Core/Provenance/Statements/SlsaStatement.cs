using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Provenance.InToto;
using Bascule.Core.Runs;

namespace Bascule.Core.Provenance.Statements;

/// <summary>
/// What a platform built in a run, as SLSA provenance v1. The platform is the builder: Bascule dispatched the run and vouches for what it sent, so no SLSA
/// level is claimed.
/// </summary>
public static class SlsaStatement
{
    /// <summary>Null when nothing was built that could be named: no model version, or no platform of whose registry it could be.</summary>
    public static byte[]? Write(RunEvidence evidence)
    {
        if (
            evidence is not { Platform: { Address: { } builder } platform, Run: { Plan: { } plan } run }
            || SourceSubject.AddressOf(evidence) is not { } source
        )
            return null;
        var subjects = evidence
            .Models.Select(model => ModelSubject.Of(model, platform))
            .OfType<StatementSubject>()
            .DistinctBy(subject => subject.Name)
            .ToList();
        if (subjects.Count == 0)
            return null;
        var predicate = new JsonObject
        {
            ["buildDefinition"] = new JsonObject
            {
                ["buildType"] = ProvenanceNames.BuildType(platform.Kind),
                ["externalParameters"] = External(run, source, plan),
                ["internalParameters"] = Internal(evidence),
                ["resolvedDependencies"] = Dependencies(run, source),
            },
            ["runDetails"] = new JsonObject
            {
                ["builder"] = new JsonObject { ["id"] = ModelSubject.Origin(builder) },
                ["metadata"] = Metadata(evidence),
            },
        };
        return Statement.Write(subjects, ProvenanceNames.SlsaPredicate, predicate);
    }

    /// <summary>What the caller chose, complete: the source, and the whole plan of what was sent.</summary>
    private static JsonObject External(Run run, Uri source, string plan) =>
        new()
        {
            ["source"] = source.OriginalString,
            ["workflow"] = run.Workflow,
            ["environment"] = run.Environment,
            ["plan"] = JsonNode.Parse(plan),
        };

    private static JsonObject Internal(RunEvidence evidence) =>
        new()
        {
            ["rule"] = evidence.Rule,
            ["trigger"] = evidence.Run.Trigger.Text,
            ["content"] = evidence.Run.Content?.Hex,
            ["planSha256"] = evidence.Run.PlanDigest,
            ["dispatchedBy"] = ModelSubject.Origin(evidence.Bascule),
            ["forge"] = evidence.Run.Repository.ForgeUid,
            ["repository"] = evidence.Run.Repository.Id.ToString(CultureInfo.InvariantCulture),
        };

    private static JsonArray Dependencies(Run run, Uri source)
    {
        var list = new JsonArray(
            new JsonObject
            {
                ["uri"] = source.OriginalString,
                ["digest"] = new JsonObject { ["gitCommit"] = run.Commit.ToString() },
            }
        );
        if (run.TreeDigest is { } tree)
            list.Add(
                new JsonObject
                {
                    ["name"] = "tree",
                    ["digest"] = new JsonObject { ["sha256"] = tree },
                }
            );
        return list;
    }

    private static JsonObject Metadata(RunEvidence evidence)
    {
        var metadata = new JsonObject
        {
            ["invocationId"] = $"{ModelSubject.Origin(evidence.Bascule)}/runs/{evidence.Run.Id}",
            // An extension, under a name that nobody else takes: when it was signed.
            ["bascule_attestedOn"] = AuditEntry.TimeText(evidence.At),
            ["bascule_platformRun"] = evidence.Run.PlatformRunId,
        };
        if (evidence.Run.StartedAt is { } started)
            metadata["startedOn"] = AuditEntry.TimeText(started);
        if (evidence.Run.FinishedAt is { } finished)
            metadata["finishedOn"] = AuditEntry.TimeText(finished);
        return metadata;
    }
}
