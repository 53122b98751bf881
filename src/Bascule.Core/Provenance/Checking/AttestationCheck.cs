using System.Globalization;
using System.Text.Json;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Provenance.InToto;
using Bascule.Core.Provenance.Keys;
using Bascule.Core.Provenance.Statements;

namespace Bascule.Core.Provenance.Checking;

/// <summary>Says whether an envelope is to be believed. Reads what it is given and calls nobody, whatever addresses stand in it (THREATS T83).</summary>
public static class AttestationCheck
{
    /// <param name="subject">What it must be about: algorithm and lower-case hex; null for whatever it is about.</param>
    /// <returns>Denied, and which check failed, when it is not to be believed.</returns>
    public static Result<CheckedStatement> Check(
        DsseEnvelope envelope,
        IReadOnlyCollection<VerificationKey> keys,
        (string Algorithm, string Hex)? subject = null
    )
    {
        var verified = DsseVerifier.Verify(envelope, keys);
        if (verified.Failed(out var unsigned))
            return Refuse("signature", unsigned);
        var parsed = Statement.Parse(verified.Value);
        if (parsed.Failed(out var malformed))
            return Refuse("statement", malformed);
        var at = TimeOf(parsed.Value);
        var signer = verified.Value.Signers.FirstOrDefault(key => Counts(key, at));
        if (signer is null)
            return Refuse("key", Outside(verified.Value.Signers[0], at));
        if (subject is { } wanted && !IsAbout(parsed.Value, wanted))
            return Refuse(
                "subject",
                Problem.Denied($"it is not about {wanted.Algorithm}:{wanted.Hex}; its subjects are other ones")
            );
        return new CheckedStatement(parsed.Value, signer, at);
    }

    private static Problem Refuse(string check, Problem problem) => Problem.Denied($"{check}: {problem.Message}");

    private static bool IsAbout(Statement statement, (string Algorithm, string Hex) wanted) =>
        statement.Subjects.Any(subject => subject.Digest.GetValueOrDefault(wanted.Algorithm) == wanted.Hex);

    private static bool Counts(VerificationKey key, DateTimeOffset? at) =>
        at is { } time ? key.CountsAt(time) : key is { From: null, Until: null };

    private static Problem Outside(VerificationKey key, DateTimeOffset? at) =>
        Problem.Denied(
            at is { } time
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"key {key.Id[..12]} did not sign at {time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, when the statement says it was signed"
                )
                : $"key {key.Id[..12]} signed for a time only, and the statement does not say when it was signed"
        );

    /// <summary>When it was signed, as it says itself.</summary>
    private static DateTimeOffset? TimeOf(Statement statement)
    {
        string[] path =
            statement.PredicateType == ProvenanceNames.SlsaPredicate
                ? ["runDetails", "metadata", "bascule_attestedOn"]
                : ["attested", "at"];
        var found = statement.Predicate;
        foreach (var name in path)
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found))
                return null;
        return
            found.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(
                found.GetString(),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
            ? time
            : null;
    }
}

/// <param name="Key">The known key that signed it.</param>
/// <param name="At">When, as the statement says; null when it does not.</param>
public sealed record CheckedStatement(Statement Statement, VerificationKey Key, DateTimeOffset? At);
