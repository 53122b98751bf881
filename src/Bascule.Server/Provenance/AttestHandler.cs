using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Keys;
using Bascule.Core.Provenance.Statements;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Work;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Provenance;

/// <summary>
/// Signs what there is to say of a run that ended, once. The statement and the audit entry that holds its digest are stored together, so nobody is handed one
/// that the log does not know.
/// </summary>
internal sealed partial class AttestHandler(
    IRunStore runs,
    IAttestationStore attestations,
    RunEvidenceReader reader,
    ProvenanceKeys keys,
    AuditTrail audit,
    TimeProvider time,
    ILogger<AttestHandler> log
) : IWorkHandler
{
    public const string Step = "attest";

    /// <summary>After so many tries a statement is made without knowing whether the commit is signed.</summary>
    private const int TriesForProof = 5;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    public string Kind => AttestWork.Kind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(new RunId(item.Subject), cancellationToken) is not { IsFinal: true } run)
            return WorkResult.Finished();
        var turn = await keys.OpenAsync(cancellationToken);
        if (turn.Failed(out var unopened))
            return Later(item, run, unopened);
        var evidence = await reader.ReadAsync(run, turn.Value.At, item.Attempt >= TriesForProof, cancellationToken);
        if (evidence.Failed(out var unread))
            return Later(item, run, unread);
        var signed = await SignAsync(evidence.Value, turn.Value.Signer, cancellationToken);
        return signed.Failed(out var problem)
            ? Later(item, run, problem)
            : WorkResult.Finished([.. signed.Value.SelectMany(one => Store(run, one))]);
    }

    /// <summary>What is missing of the two: after a crash, or when a row comes twice, what was stored stays.</summary>
    private async Task<Result<IReadOnlyList<Attestation>>> SignAsync(
        RunEvidence evidence,
        IProvenanceSigner signer,
        CancellationToken cancellationToken
    )
    {
        var there = (await attestations.ListAsync(evidence.Run.Id, cancellationToken)).ToLookup(one =>
            one.PredicateType
        );
        (string Type, byte[]? Statement)[] wanted =
        [
            (ProvenanceNames.RunPredicate, RunStatement.Write(evidence)),
            (ProvenanceNames.SlsaPredicate, SlsaStatement.Write(evidence)),
        ];
        List<Attestation> made = [];
        foreach (var (type, statement) in wanted)
        {
            if (statement is null || there[type].Any())
                continue;
            var signed = await StatementSigner.SignAsync(
                evidence.Run.Id,
                type,
                statement,
                signer,
                new CallAudit(audit, Links(evidence.Run)),
                evidence.At,
                cancellationToken
            );
            if (signed.Failed(out var unsigned))
                return unsigned;
            made.Add(signed.Value);
        }
        return made;
    }

    private IEnumerable<Change> Store(Run run, Attestation attestation)
    {
        Log.Attested(log, run.Id, attestation.PredicateType, attestation.KeyId);
        yield return audit.Record(
            new AuditEntry(AuditTypes.RunAttested, "bascule")
            {
                Links = Links(run),
                Facts = new JsonObject
                {
                    ["commit"] = run.Commit.ToString(),
                    ["content"] = run.Content?.Hex,
                    ["predicate"] = attestation.PredicateType,
                    ["envelope_sha256"] = attestation.Digest,
                    ["key"] = attestation.KeyId,
                },
            }
        );
        yield return new AddAttestation(attestation);
        yield return new AddTimeline(
            run.Id,
            new TimelineEntry(
                time.GetUtcNow(),
                Step,
                $"signed by key {attestation.KeyId[..12]}: {attestation.PredicateType}"
            )
        );
    }

    private static Dictionary<string, string> Links(Run run)
    {
        var links = new Dictionary<string, string>
        {
            ["run"] = run.Id.Text,
            ["repository"] = run.Repository.ToString(),
        };
        if (run.Delivery is { } delivery)
            links["delivery"] = delivery;
        return links;
    }

    private WorkResult Later(WorkItem item, Run run, Problem problem)
    {
        Log.NotAttested(log, run.Id, item.Attempt, problem.Message);
        Change[] said =
            item.Attempt == TriesForProof
                ?
                [
                    new AddTimeline(
                        run.Id,
                        new TimelineEntry(time.GetUtcNow(), Step, $"not signed yet: {problem.Message}")
                    ),
                ]
                : [];
        return WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstWait), problem, said);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Run {Run}: {Predicate} signed by key {Key}")]
        public static partial void Attested(ILogger log, RunId run, string predicate, string key);

        [LoggerMessage(2, LogLevel.Warning, "Run {Run} not attested on attempt {Attempt}: {Reason}")]
        public static partial void NotAttested(ILogger log, RunId run, int attempt, string reason);
    }
}
