using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Provenance.InToto;
using Bascule.Core.Provenance.Statements;
using Bascule.Core.Runs;
using Bascule.Server.Provenance;

namespace Bascule.Server.Promotions;

/// <summary>Tells whether Bascule has signed that a run produced a version: what its database alone says is not enough to promote anything.</summary>
internal sealed class AttestedVersions(IAttestationStore attestations)
{
    /// <summary>Denied when no statement of the run that verifies names the version.</summary>
    public async Task<Result<Done>> ProveAsync(
        Run producer,
        string model,
        string version,
        CancellationToken cancellationToken
    )
    {
        var kept = await attestations.ListAsync(producer.Id, cancellationToken);
        if (kept.FirstOrDefault(one => one.PredicateType == ProvenanceNames.RunPredicate) is not { } attestation)
            return Problem.Denied(
                $"run {producer.Id} is not attested, and only what an attested run produced is promoted; a run is signed shortly after it has ended, see: bascule run show {producer.Id}"
            );
        var read = Read(attestation, await attestations.ListKeysAsync(cancellationToken));
        if (read.Failed(out var unproven))
            return Problem.Denied($"the statement about run {producer.Id} cannot be relied on: {unproven.Message}");
        return Names(read.Value.Predicate, producer.Id, model, version)
            ? Result.Done
            : Problem.Denied(
                $"the signed statement about run {producer.Id} does not name version {version} of {model}"
            );
    }

    private static Result<Statement> Read(Attestation attestation, IReadOnlyList<ProvenanceKey> keys)
    {
        var parsed = DsseReader.Parse(attestation.Envelope);
        if (parsed.Failed(out var malformed))
            return malformed;
        var verified = DsseVerifier.Verify(parsed.Value, [.. keys.Select(ProvenanceRecords.ToVerify)]);
        return verified.Failed(out var unsigned) ? unsigned : Statement.Parse(verified.Value);
    }

    private static bool Names(JsonElement predicate, RunId run, string model, string version) =>
        predicate.GetProperty("run").GetProperty("id").GetString() == run.Text
        && predicate
            .GetProperty("result")
            .GetProperty("models")
            .EnumerateArray()
            .Any(one =>
                one.GetProperty("name").GetString() == model && one.GetProperty("version").GetString() == version
            );
}
