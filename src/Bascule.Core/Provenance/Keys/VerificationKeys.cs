using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core.Json;

namespace Bascule.Core.Provenance.Keys;

/// <summary>Public keys as files: PEM, which every tool reads, and the JSON that Bascule publishes, which also tells when each key signed.</summary>
public static class VerificationKeys
{
    private const int MaxKeys = 1000;

    public static string ToPem(IEnumerable<VerificationKey> keys) => string.Concat(keys.Select(key => key.ToPem()));

    public static string ToJson(IEnumerable<VerificationKey> keys) =>
        CanonicalJson.ToText(
            new JsonObject
            {
                ["keys"] = new JsonArray([
                    .. keys.Select(key => new JsonObject
                    {
                        ["id"] = key.Id,
                        ["algorithm"] = "ecdsa-sha2-nistp256",
                        ["pem"] = key.ToPem(),
                        ["from"] = Text(key.From),
                        ["until"] = Text(key.Until),
                    }),
                ]),
            }
        );

    /// <summary>Either form. Invalid when there is no key in it, or one that is of another kind.</summary>
    public static Result<IReadOnlyList<VerificationKey>> Read(ReadOnlyMemory<byte> file)
    {
        var isJson = file.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
        var keys = isJson ? ReadJson(file) : ReadPem(Encoding.UTF8.GetString(file.Span));
        return keys.Problem is null && keys.Value.Count == 0
            ? Problem.Invalid(
                "there is no public key in it; give PEM (-----BEGIN PUBLIC KEY-----) or what Bascule serves at /provenance/keys"
            )
            : keys;
    }

    private static Result<IReadOnlyList<VerificationKey>> ReadPem(string text)
    {
        List<VerificationKey> keys = [];
        var rest = text.AsSpan();
        while (keys.Count < MaxKeys && PemEncoding.TryFind(rest, out var found))
        {
            if (!rest[found.Label].SequenceEqual("PUBLIC KEY"))
                return Problem.Invalid($"it holds a {rest[found.Label].ToString()}; only public keys belong there");
            var spki = Convert.FromBase64String(rest[found.Base64Data].ToString());
            var key = VerificationKey.FromSpki(spki);
            if (key.Failed(out var problem))
                return problem;
            keys.Add(key.Value);
            rest = rest[found.Location.End..];
        }
        return keys;
    }

    private static Result<IReadOnlyList<VerificationKey>> ReadJson(ReadOnlyMemory<byte> file)
    {
        var parsed = StrictJson.Parse(file);
        if (parsed.Failed(out var malformed))
            return Problem.Invalid($"the list of keys is {malformed.Message}");
        if (!parsed.Value.TryGetProperty("keys", out var list) || list.ValueKind != JsonValueKind.Array)
            return Problem.Invalid("it is no list of keys: keys is missing");
        List<VerificationKey> keys = [];
        foreach (var one in list.EnumerateArray().Take(MaxKeys))
        {
            var pem =
                one.ValueKind == JsonValueKind.Object
                && one.TryGetProperty("pem", out var value)
                && value.ValueKind == JsonValueKind.String
                    ? ReadPem(value.GetString()!)
                    : Problem.Invalid("a key of the list has no pem");
            if (pem.Failed(out var problem))
                return problem;
            if (!TryTime(one, "from", out var from) || !TryTime(one, "until", out var until))
                return Problem.Invalid("a key of the list has a time that is none");
            keys.AddRange(pem.Value.Select(key => key.Within(from, until)));
        }
        return keys;
    }

    private static bool TryTime(JsonElement json, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return true;
        if (
            value.ValueKind != JsonValueKind.String
            || !DateTimeOffset.TryParse(
                value.GetString(),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var read
            )
        )
            return false;
        time = read;
        return true;
    }

    private static string? Text(DateTimeOffset? time) => time is { } at ? Audit.AuditEntry.TimeText(at) : null;
}
