using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Access;

/// <summary>Opaque random tokens and whom they stand for.</summary>
internal sealed class AccessTokens(TimeProvider time)
{
    private const string Scheme = "Bearer ";
    private readonly ConcurrentDictionary<string, AccessToken> _tokens = new();

    public string Issue(Caller caller, TimeSpan lifetime)
    {
        var value = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _tokens[value] = new AccessToken(caller, time.GetUtcNow() + lifetime);
        return value;
    }

    public void Revoke(string value) => _tokens.TryRemove(value, out _);

    /// <summary>Those of clients; a running task keeps its own, as on a real cluster.</summary>
    public void ExpireAll()
    {
        foreach (var (value, token) in _tokens)
            if (token.Caller.Job is null)
                _tokens[value] = token with { ExpiresAt = DateTimeOffset.MinValue };
    }

    public bool IsJob(string? authorization) => Find(authorization)?.Caller.Job is not null;

    // Databricks documents neither: seen from clients, an unknown token is 403 "Invalid access token" and an expired one 401.
    public bool TryAuthenticate(
        string? authorization,
        [NotNullWhen(true)] out Caller? caller,
        [NotNullWhen(false)] out ApiReply? refusal
    )
    {
        (caller, refusal) = (null, null);
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            refusal = Unauthenticated("Credential was not sent or was of an unsupported type for this API.");
        else if (Find(authorization) is not { } token)
            refusal = ApiReply.Refuse(403, "PERMISSION_DENIED", "Invalid access token.");
        else if (token.ExpiresAt <= time.GetUtcNow())
            refusal = Unauthenticated("Access token expired.");
        else
            caller = token.Caller;
        return caller is not null;
    }

    private AccessToken? Find(string? authorization) =>
        authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true
            ? _tokens.GetValueOrDefault(authorization[Scheme.Length..])
            : null;

    private static ApiReply Unauthenticated(string message) =>
        ApiReply.Refuse(401, "UNAUTHENTICATED", message) with
        {
            Headers = new() { ["WWW-Authenticate"] = "Bearer realm=\"DatabricksRealm\"" },
        };

    private sealed record AccessToken(Caller Caller, DateTimeOffset ExpiresAt);
}
