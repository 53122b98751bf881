using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Bascule.Core.Provenance.Dsse;

namespace Bascule.Core.Provenance.InToto;

/// <summary>An in-toto Statement v1: what is said (the predicate) of what (the subjects, matched by digest alone).</summary>
public sealed class Statement
{
    public const string PayloadType = "application/vnd.in-toto+json";
    private const string Type = "https://in-toto.io/Statement/v1";

    private Statement(JsonElement json, string predicateType, IReadOnlyList<StatementSubject> subjects) =>
        (Json, PredicateType, Subjects) = (json, predicateType, subjects);

    public string PredicateType { get; }

    public IReadOnlyList<StatementSubject> Subjects { get; }

    public JsonElement Predicate => Json.GetProperty("predicate");

    /// <summary>All of it.</summary>
    public JsonElement Json { get; }

    /// <summary>The bytes to sign: canonical JSON (RFC 8785).</summary>
    /// <exception cref="ArgumentException">A statement needs a subject, and each subject a digest.</exception>
    public static byte[] Write(IReadOnlyList<StatementSubject> subjects, string predicateType, JsonObject predicate)
    {
        if (subjects.Count == 0 || subjects.Any(subject => subject.Digest.Count == 0))
            throw new ArgumentException("a statement needs a subject, and each subject a digest", nameof(subjects));
        return CanonicalJson.Serialize(
            new JsonObject
            {
                ["_type"] = Type,
                ["subject"] = new JsonArray([.. subjects.Select(subject => subject.ToNode())]),
                ["predicateType"] = predicateType,
                ["predicate"] = predicate,
            }
        );
    }

    /// <summary>Takes verified bytes and no others. Fields that it does not know are ignored.</summary>
    public static Result<Statement> Parse(VerifiedPayload payload)
    {
        if (payload.Type != PayloadType)
            return Problem.Invalid($"what was signed is a '{payload.Type}' and no in-toto statement");
        var parsed = StrictJson.Parse(payload.Bytes);
        if (parsed.Failed(out var malformed))
            return Problem.Invalid($"the statement is {malformed.Message}");
        var json = parsed.Value;
        if (
            json.ValueKind != JsonValueKind.Object
            || Text(json, "_type") != Type
            || Text(json, "predicateType") is not { } predicateType
            || !json.TryGetProperty("predicate", out var predicate)
            || predicate.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("subject", out var list)
            || list.ValueKind != JsonValueKind.Array
        )
            return Problem.Invalid($"what was signed is no in-toto statement of type {Type}");
        List<StatementSubject> subjects = [];
        foreach (var one in list.EnumerateArray())
        {
            if (StatementSubject.Read(one) is not { } subject)
                return Problem.Invalid("a subject of the statement has no digest");
            subjects.Add(subject);
        }
        return subjects.Count == 0
            ? Problem.Invalid("the statement says of what it is nowhere: it has no subject")
            : new Statement(json, predicateType, subjects);
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
