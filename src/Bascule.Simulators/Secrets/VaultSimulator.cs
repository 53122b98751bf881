using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Secrets;

/// <summary>
/// A strict stand-in for HashiCorp Vault: the JWT method at <c>auth/jwt</c>, a KV engine of version 2 at <c>secret</c>, a transit engine at <c>transit</c>.
/// Follows https://developer.hashicorp.com/vault/api-docs (auth/jwt, secret/kv/kv-v2, secret/transit). Stricter than a server's default: every request
/// must say X-Vault-Request, as listeners with require_request_header demand.
/// </summary>
public sealed class VaultSimulator : SimulatedService
{
    public const string Label = "Vault simulator";
    private static readonly JsonObject Denied = Errors("permission denied");
    private readonly ConcurrentDictionary<string, VaultRole> _roles = new();
    private readonly ConcurrentDictionary<string, Dictionary<string, string>?> _secrets = new();
    private readonly ConcurrentDictionary<string, (DateTimeOffset End, string Prefix)> _tokens = new();
    private readonly ConcurrentDictionary<string, byte[]> _transit = new();

    private VaultSimulator(LoopbackAuthority authority, TimeProvider time)
        : base(authority, time) { }

    /// <summary>Which X-Vault-Namespace requests must name; null for the root.</summary>
    public string? Namespace { get; init; }

    /// <summary>How long the tokens of logins live.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(10);

    public static async Task<VaultSimulator> StartAsync(
        LoopbackAuthority authority,
        TimeProvider? time = null,
        string? space = null
    )
    {
        var vault = new VaultSimulator(authority, time ?? TimeProvider.System) { Namespace = space };
        await vault.ListenAsync(CancellationToken.None);
        return vault;
    }

    /// <param name="prefix">Paths of the KV engine that the role's policy lets read; transit keys of the same name.</param>
    public void AddRole(string name, TrustedIssuer trusted, string prefix = "") =>
        _roles[name] = new VaultRole(trusted, prefix);

    public void Put(string path, string field, string value) =>
        _secrets[path] = new Dictionary<string, string> { [field] = value };

    /// <summary>As <c>vault kv delete</c>: the metadata stays.</summary>
    public void Delete(string path) => _secrets[path] = null;

    public void AddTransitKey(string name) => _transit[name] = RandomNumberGenerator.GetBytes(32);

    /// <summary>A token as an administrator hands it out.</summary>
    public string CreateToken(TimeSpan? lifetime = null, string prefix = "")
    {
        var token = "hvs." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _tokens[token] = (Time.GetUtcNow() + (lifetime ?? Lease), prefix);
        return token;
    }

    public void RevokeAll() => _tokens.Clear();

    private protected override async Task<ServiceAnswer> AnswerAsync(
        ServiceRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.Header("X-Vault-Request") != "true")
            return ServiceAnswer.Json(412, Errors("missing \"X-Vault-Request\" header"));
        if (request.Header("X-Vault-Namespace") != Namespace)
            return ServiceAnswer.Json(403, Denied.DeepClone());
        return request.Path.Split('/') switch
        {
            ["", "v1", "auth", "jwt", "login"] when request.Method == "POST" => await LogInAsync(
                request,
                cancellationToken
            ),
            ["", "v1", "secret", "data", .. var path] when request.Method == "GET" => Read(
                request,
                string.Join('/', path)
            ),
            ["", "v1", "transit", "encrypt", var key] when request.Method == "POST" => Encrypt(request, key),
            ["", "v1", "transit", "decrypt", var key] when request.Method == "POST" => Decrypt(request, key),
            _ => ServiceAnswer.Json(404, Errors()),
        };
    }

    private async Task<ServiceAnswer> LogInAsync(ServiceRequest request, CancellationToken cancellationToken)
    {
        if (request.Json() is not { Count: 2 } body || body["role"] is null || body["jwt"] is null)
            return Refuse("missing role or jwt, or more than these");
        if (!_roles.TryGetValue((string)body["role"]!, out var role))
            return Refuse($"role \"{body["role"]}\" could not be found");
        return await JudgeAsync((string)body["jwt"]!, role.Trusted, cancellationToken) switch
        {
            null => Granted(role),
            TokenFault.Malformed => Refuse("error validating token: malformed jwt"),
            TokenFault.Issuer => Refuse("error validating token: invalid issuer (iss) claim"),
            TokenFault.Keys => Refuse("error validating token: fetching keys failed"),
            TokenFault.Signature => Refuse(
                "error validating token: no known key successfully validated the token signature"
            ),
            TokenFault.Expired => Refuse("error validating token: token is expired"),
            TokenFault.Audience => Refuse(
                "error validating token: invalid audience (aud) claim: audience claim does not match any bound audience"
            ),
            _ => Refuse("error validating token: invalid subject (sub) claim"),
        };
    }

    private ServiceAnswer Granted(VaultRole role) =>
        ServiceAnswer.Json(
            200,
            new JsonObject
            {
                ["request_id"] = Guid.NewGuid().ToString(),
                ["data"] = null,
                ["auth"] = new JsonObject
                {
                    ["client_token"] = CreateToken(Lease, role.Prefix),
                    ["accessor"] = Guid.NewGuid().ToString(),
                    ["lease_duration"] = (long)Lease.TotalSeconds,
                    ["renewable"] = true,
                    ["token_type"] = "service",
                },
            }
        );

    private ServiceAnswer Read(ServiceRequest request, string path)
    {
        if (!May(request, path))
            return ServiceAnswer.Json(403, Denied.DeepClone());
        if (!_secrets.TryGetValue(path, out var fields))
            return ServiceAnswer.Json(404, Errors());
        var data = fields is null
            ? null
            : new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value)));
        return ServiceAnswer.Json(
            fields is null ? 404 : 200,
            new JsonObject
            {
                ["request_id"] = Guid.NewGuid().ToString(),
                ["lease_id"] = "",
                ["data"] = new JsonObject
                {
                    ["data"] = data,
                    ["metadata"] = new JsonObject { ["version"] = 1, ["destroyed"] = false },
                },
            }
        );
    }

    private ServiceAnswer Encrypt(ServiceRequest request, string key)
    {
        if (!May(request, key) || !_transit.TryGetValue(key, out var bytes))
            return ServiceAnswer.Json(403, Denied.DeepClone());
        var plain = Convert.FromBase64String((string)request.Json()!["plaintext"]!);
        using var aes = Aes.Create();
        aes.Key = bytes;
        var iv = RandomNumberGenerator.GetBytes(16);
        var cipher = Convert.ToBase64String([.. iv, .. aes.EncryptCbc(plain, iv)]);
        return Data("ciphertext", $"vault:v1:{cipher}");
    }

    private ServiceAnswer Decrypt(ServiceRequest request, string key)
    {
        if (!May(request, key) || !_transit.TryGetValue(key, out var bytes))
            return ServiceAnswer.Json(403, Denied.DeepClone());
        if (
            (string?)request.Json()?["ciphertext"] is not { } text
            || !text.StartsWith("vault:v1:", StringComparison.Ordinal)
        )
            return Refuse("invalid ciphertext: no prefix");
        var cipher = Convert.FromBase64String(text["vault:v1:".Length..]);
        using var aes = Aes.Create();
        aes.Key = bytes;
        try
        {
            return Data("plaintext", Convert.ToBase64String(aes.DecryptCbc(cipher.AsSpan(16), cipher.AsSpan(0, 16))));
        }
        catch (CryptographicException)
        {
            return Refuse("cipher: message authentication failed");
        }
    }

    private bool May(ServiceRequest request, string path) =>
        request.Header("X-Vault-Token") is { } token
        && _tokens.TryGetValue(token, out var held)
        && held.End > Time.GetUtcNow()
        && path.StartsWith(held.Prefix, StringComparison.Ordinal);

    private static ServiceAnswer Data(string name, string value) =>
        ServiceAnswer.Json(200, new JsonObject { ["data"] = new JsonObject { [name] = value } });

    private static ServiceAnswer Refuse(string error) => ServiceAnswer.Json(400, Errors(error));

    private static JsonObject Errors(params string[] errors) =>
        new() { ["errors"] = new JsonArray([.. errors.Select(error => (JsonNode?)error)]) };

    private sealed record VaultRole(TrustedIssuer Trusted, string Prefix);
}
