using System.Text.Json;
using Bascule.Core.Json;

namespace Bascule.Core.Provenance.Dsse;

/// <summary>Reads envelopes that others may have written: unknown fields are ignored, a missing <c>keyid</c> is empty.</summary>
public static class DsseReader
{
    /// <summary>More would only make a verifier work: each signature is tried by each key.</summary>
    private const int MaxSignatures = 64;

    public static Result<DsseEnvelope> Parse(ReadOnlyMemory<byte> json)
    {
        var parsed = StrictJson.Parse(json);
        return parsed.Failed(out var problem)
            ? Problem.Invalid($"the envelope is {problem.Message}")
            : Read(parsed.Value);
    }

    internal static Result<DsseEnvelope> Read(JsonElement json)
    {
        if (
            json.ValueKind != JsonValueKind.Object
            || Text(json, "payloadType") is not { } type
            || Text(json, "payload") is not { } payload
            || !json.TryGetProperty("signatures", out var list)
            || list.ValueKind != JsonValueKind.Array
        )
            return Problem.Invalid("not a DSSE envelope: payloadType, payload or signatures is missing");
        if (!Base64Text.TryRead(payload, out var bytes))
            return Problem.Invalid("the envelope's payload is not base64");
        if (list.GetArrayLength() is 0 or > MaxSignatures)
            return Problem.Invalid($"the envelope carries no signature, or more than {MaxSignatures}");
        List<DsseSignature> signatures = [];
        foreach (var one in list.EnumerateArray())
        {
            if (one.ValueKind != JsonValueKind.Object || Text(one, "sig") is not { } text)
                return Problem.Invalid("a signature of the envelope has no sig");
            if (!Base64Text.TryRead(text, out var signature))
                return Problem.Invalid("a signature of the envelope is not base64");
            signatures.Add(new DsseSignature(Text(one, "keyid") ?? "", signature));
        }
        return new DsseEnvelope(type, bytes, signatures);
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
