using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.Entra;

namespace Bascule.Simulators.Secrets;

/// <summary>
/// A strict stand-in for Azure, at one address: Entra's token endpoint for a client assertion, and secrets, RSA keys and keys that sign of a Key Vault.
/// Follows https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (third case)
/// and https://learn.microsoft.com/rest/api/keyvault, version 7.4.
/// </summary>
public sealed partial class AzureSimulator : SimulatedService
{
    public const string Label = "Azure simulator";
    private const string Scope = "https://vault.azure.net/.default";
    private readonly ConcurrentDictionary<string, TrustedIssuer> _clients = new();
    private readonly ConcurrentDictionary<string, (string Version, string Value)> _secrets = new();
    private readonly ConcurrentDictionary<string, (string Version, RSA Key)> _keys = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new();

    private AzureSimulator(LoopbackAuthority authority, TimeProvider time)
        : base(authority, time) { }

    public string Tenant { get; } = Guid.NewGuid().ToString();

    /// <summary>Which secrets its clients may read, by the beginning of their name.</summary>
    public string MayRead { get; set; } = "";

    public static async Task<AzureSimulator> StartAsync(LoopbackAuthority authority, TimeProvider? time = null)
    {
        var azure = new AzureSimulator(authority, time ?? TimeProvider.System);
        await azure.ListenAsync(CancellationToken.None);
        return azure;
    }

    /// <summary>An application with one federated credential.</summary>
    public string AddClient(TrustedIssuer trusted)
    {
        var id = Guid.NewGuid().ToString();
        _clients[id] = trusted;
        return id;
    }

    /// <returns>The version.</returns>
    public string Put(string name, string value)
    {
        var version = Guid.NewGuid().ToString("N");
        _secrets[name] = (version, value);
        return version;
    }

    public void AddKey(string name) => _keys[name] = (Guid.NewGuid().ToString("N"), RSA.Create(2048));

    public void RevokeAll() => _tokens.Clear();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var (_, key) in _keys.Values)
            key.Dispose();
        foreach (var versions in _signing.Values)
        foreach (var (_, key, _) in versions)
            key.Dispose();
    }

    private protected override async Task<ServiceAnswer> AnswerAsync(
        ServiceRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.Path == $"/{Tenant}/oauth2/v2.0/token" && request.Method == "POST")
            return await GrantAsync(request.Form(), cancellationToken);
        if (
            !request.Path.StartsWith("/secrets/", StringComparison.Ordinal)
            && !request.Path.StartsWith("/keys/", StringComparison.Ordinal)
        )
            return Refuse(404, "NotFound", "no such address");
        if (!IsLetIn(request))
            return Refuse(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.") with
            {
                Headers = new()
                {
                    ["WWW-Authenticate"] =
                        $"Bearer authorization=\"{Url.AbsoluteUri}{Tenant}\", resource=\"https://vault.azure.net\"",
                },
            };
        if (request.Http.Query["api-version"] != "7.4")
            return Refuse(400, "BadParameter", "The specified version is not recognized.");
        return request.Path.Split('/') switch
        {
            ["", "secrets", var name] when request.Method == "GET" => Secret(name, null),
            ["", "secrets", var name, var version] when request.Method == "GET" => Secret(name, version),
            ["", "keys", var name] when request.Method == "GET" => Signing(name, null) ?? Key(name),
            ["", "keys", var name, var version] when request.Method == "GET" => Signing(name, version) ?? NoKey(name),
            ["", "keys", var name, var version, "sign"] when request.Method == "POST" => Sign(request, name, version),
            ["", "keys", var name, var version, "wrapkey"] when request.Method == "POST" => Wrap(
                request,
                name,
                version
            ),
            ["", "keys", var name, var version, "unwrapkey"] when request.Method == "POST" => Unwrap(
                request,
                name,
                version
            ),
            _ => Refuse(404, "NotFound", "no such address"),
        };
    }

    private async Task<ServiceAnswer> GrantAsync(Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        if (EntraRefusal.Form(form, scope => scope == Scope) is { } wrong)
            return wrong;
        if (!_clients.TryGetValue(form.GetValueOrDefault("client_id") ?? "", out var trusted))
            return EntraRefusal.UnknownClient();
        if (EntraRefusal.Assertion(form) is { } absent)
            return absent;
        return
            await JudgeAsync(form.GetValueOrDefault("client_assertion") ?? "", trusted, cancellationToken) is { } fault
            ? EntraRefusal.Of(fault)
            : Granted();
    }

    private ServiceAnswer Granted()
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(40));
        _tokens[token] = Time.GetUtcNow().AddMinutes(60);
        return ServiceAnswer.Json(
            200,
            new JsonObject
            {
                ["token_type"] = "Bearer",
                ["expires_in"] = 3599,
                ["ext_expires_in"] = 3599,
                ["access_token"] = token,
            }
        );
    }

    private bool IsLetIn(ServiceRequest request) =>
        request.Header("Authorization") is { } text
        && text.StartsWith("Bearer ", StringComparison.Ordinal)
        && _tokens.TryGetValue(text["Bearer ".Length..], out var end)
        && end > Time.GetUtcNow();

    private ServiceAnswer Secret(string name, string? version)
    {
        if (!name.StartsWith(MayRead, StringComparison.Ordinal))
            return Refuse(
                403,
                "Forbidden",
                "Caller is not authorized to perform action 'Microsoft.KeyVault/vaults/secrets/getSecret/action'."
            );
        return _secrets.TryGetValue(name, out var found) && (version ?? found.Version) == found.Version
            ? ServiceAnswer.Json(
                200,
                new JsonObject
                {
                    ["value"] = found.Value,
                    ["id"] = $"{Url.AbsoluteUri}secrets/{name}/{found.Version}",
                    ["attributes"] = new JsonObject { ["enabled"] = true, ["recoveryLevel"] = "Recoverable" },
                }
            )
            : Refuse(404, "SecretNotFound", $"A secret with (name/id) {name} was not found in this key vault.");
    }

    private ServiceAnswer Key(string name) =>
        _keys.TryGetValue(name, out var found)
            ? ServiceAnswer.Json(
                200,
                new JsonObject
                {
                    ["key"] = new JsonObject
                    {
                        ["kid"] = $"{Url.AbsoluteUri}keys/{name}/{found.Version}",
                        ["kty"] = "RSA",
                        ["key_ops"] = new JsonArray("wrapKey", "unwrapKey"),
                    },
                }
            )
            : NoKey(name);

    private ServiceAnswer Wrap(ServiceRequest request, string name, string version)
    {
        if (Body(request) is not { } value)
            return Refuse(400, "BadParameter", "Property has invalid value");
        return Find(name, version) is { } key
            ? Result(name, version, key.Encrypt(value, RSAEncryptionPadding.OaepSHA256))
            : NoKey(name);
    }

    private ServiceAnswer Unwrap(ServiceRequest request, string name, string version)
    {
        if (Body(request) is not { } value)
            return Refuse(400, "BadParameter", "Property has invalid value");
        if (Find(name, version) is not { } key)
            return NoKey(name);
        try
        {
            return Result(name, version, key.Decrypt(value, RSAEncryptionPadding.OaepSHA256));
        }
        catch (CryptographicException)
        {
            return Refuse(400, "BadParameter", "The parameter is incorrect.");
        }
    }

    private RSA? Find(string name, string version) =>
        _keys.TryGetValue(name, out var found) && found.Version == version ? found.Key : null;

    private static byte[]? Body(ServiceRequest request) =>
        request.Json() is { Count: 2 } body
        && (string?)body["alg"] == "RSA-OAEP-256"
        && (string?)body["value"] is { } value
        && Base64Url.IsValid(value)
        && !value.Contains('=', StringComparison.Ordinal)
            ? Base64Url.DecodeFromChars(value)
            : null;

    private ServiceAnswer Result(string name, string version, byte[] value) =>
        ServiceAnswer.Json(
            200,
            new JsonObject
            {
                ["kid"] = $"{Url.AbsoluteUri}keys/{name}/{version}",
                ["value"] = Base64Url.EncodeToString(value),
            }
        );

    private static ServiceAnswer NoKey(string name) =>
        Refuse(404, "KeyNotFound", $"A key with (name/id) {name} was not found in this key vault.");

    private static ServiceAnswer Refuse(int status, string code, string message) =>
        ServiceAnswer.Json(
            status,
            new JsonObject
            {
                ["error"] = new JsonObject { ["code"] = code, ["message"] = message },
            }
        );
}
