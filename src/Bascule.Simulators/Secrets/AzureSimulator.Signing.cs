using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Secrets;

/// <summary>
/// Keys of the curve P-256: https://learn.microsoft.com/rest/api/keyvault/keys/get-key/get-key and .../keys/sign/sign, version 7.4. ES256 takes a digest of
/// 32 bytes and gives r and s side by side, base64url.
/// </summary>
public sealed partial class AzureSimulator
{
    private const int DigestBytes = 32;
    private readonly ConcurrentDictionary<string, List<(string Version, ECDsa Key, bool MaySign)>> _signing = new();

    /// <summary>The correlation id of each signature asked for, as the vault's log would show it; empty where none came.</summary>
    public ConcurrentQueue<string> Correlated { get; } = [];

    /// <summary>Makes a key, or its next version.</summary>
    /// <returns>The version.</returns>
    public string AddSigningKey(string name, bool maySign = true)
    {
        var version = Guid.NewGuid().ToString("N");
        _signing.GetOrAdd(name, _ => []).Add((version, ECDsa.Create(ECCurve.NamedCurves.nistP256), maySign));
        return version;
    }

    private ServiceAnswer? Signing(string name, string? version)
    {
        if (Find(name, version, out var found) is not { } key)
            return null;
        var point = key.Key.ExportParameters(includePrivateParameters: false).Q;
        return ServiceAnswer.Json(
            200,
            new JsonObject
            {
                ["key"] = new JsonObject
                {
                    ["kid"] = $"{Url.AbsoluteUri}keys/{name}/{found}",
                    ["kty"] = "EC",
                    ["crv"] = "P-256",
                    ["key_ops"] = key.MaySign ? new JsonArray("sign", "verify") : new JsonArray("verify"),
                    ["x"] = Base64Url.EncodeToString(point.X),
                    ["y"] = Base64Url.EncodeToString(point.Y),
                },
                ["attributes"] = new JsonObject { ["enabled"] = true, ["recoveryLevel"] = "Recoverable" },
            }
        );
    }

    private ServiceAnswer Sign(ServiceRequest request, string name, string version)
    {
        Correlated.Enqueue(request.Header("x-ms-client-request-id") ?? "");
        if (Find(name, version, out _) is not { } key)
            return NoKey(name);
        if (!key.MaySign)
            return Refuse(403, "Forbidden", "Operation sign is not permitted on this key.");
        return
            request.Json() is { Count: 2 } body
            && (string?)body["alg"] == "ES256"
            && (string?)body["value"] is { } value
            && Base64Url.IsValid(value)
            && !value.Contains('=', StringComparison.Ordinal)
            && Base64Url.DecodeFromChars(value) is { Length: DigestBytes } digest
            ? Result(name, version, key.Key.SignHash(digest))
            : Refuse(400, "BadParameter", "Property has invalid value");
    }

    private (ECDsa Key, bool MaySign)? Find(string name, string? version, out string found)
    {
        found = version ?? "";
        if (!_signing.TryGetValue(name, out var versions))
            return null;
        foreach (var one in Enumerable.Reverse(versions))
            if (version is null || one.Version == version)
            {
                found = one.Version;
                return (one.Key, one.MaySign);
            }
        return null;
    }
}
