using System.CommandLine;
using System.Text;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Provenance.Checking;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Provenance.Keys;

namespace Bascule.Cli.Features;

/// <summary>Where statements and keys come from: files, or the server when it is asked.</summary>
internal static class VerifyFeature
{
    public static Result<IReadOnlyList<DsseEnvelope>> ReadFile(string file)
    {
        var bytes = SmallFile.Read(file, AttestationFile.MaxBytes);
        if (bytes.Failed(out var unread))
            return unread;
        var envelopes = AttestationFile.Read(bytes.Value);
        return envelopes.Failed(out var problem)
            ? problem with
            {
                Message = $"'{file}': {problem.Message}",
            }
            : envelopes;
    }

    public static async Task<Result<IReadOnlyList<DsseEnvelope>>> AskAsync(
        ParseResult parsed,
        string run,
        CancellationToken cancellationToken
    )
    {
        var opened = ConnectionFeature.Open(parsed);
        if (opened.Failed(out var problem))
            return problem;
        using var client = opened.Value;
        var listed = await client.ListAttestationsAsync(run, cancellationToken);
        if (listed.Failed(out var refusal))
            return refusal;
        List<DsseEnvelope> envelopes = [];
        foreach (var one in listed.Value.Attestations)
        {
            var envelope = DsseReader.Parse(one.Envelope);
            if (envelope.Failed(out var malformed))
                return malformed;
            envelopes.Add(envelope.Value);
        }
        return envelopes.Count == 0
            ? Problem.NotFound(
                $"there is no signed statement about run {run}: one is made when a run that was started has ended; see: bascule run show {run}"
            )
            : envelopes;
    }

    public static async Task<Result<IReadOnlyList<VerificationKey>>> AskKeysAsync(
        ParseResult parsed,
        CancellationToken cancellationToken
    )
    {
        var opened = ConnectionFeature.Open(parsed);
        if (opened.Failed(out var problem))
            return problem;
        using var client = opened.Value;
        var listed = await client.ListProvenanceKeysAsync(cancellationToken);
        if (listed.Failed(out var refusal))
            return refusal;
        List<VerificationKey> keys = [];
        foreach (var record in listed.Value.Keys)
        {
            var read = VerificationKeys.Read(Encoding.UTF8.GetBytes(record.Pem));
            if (read.Failed(out var unread))
                return unread;
            keys.AddRange(read.Value.Select(key => key.Within(record.From, record.Until)));
        }
        return keys;
    }

    public static VerifiedRecord Record(Result<CheckedStatement> result) =>
        result.Failed(out var problem)
            ? new VerifiedRecord(Verified: false, problem.Message)
            : new VerifiedRecord(Verified: true, Failed: null)
            {
                PredicateType = result.Value.Statement.PredicateType,
                Key = result.Value.Key.Id,
                At = result.Value.At,
                Statement = result.Value.Statement.Json,
            };
}
