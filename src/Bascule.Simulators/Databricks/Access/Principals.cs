using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Access;

/// <summary>Service principals and their federation policies.</summary>
internal sealed class Principals(bool allowLoopbackHttp)
{
    private const int MaxPolicies = 20;
    private readonly ConcurrentDictionary<string, ServicePrincipal> _principals = new();
    private readonly ConcurrentDictionary<long, ImmutableList<FederationPolicy>> _policies = new();
    private long _lastId = 4_000_000_000_000_000;

    public ServicePrincipal Add(string applicationId, string displayName)
    {
        var principal = new ServicePrincipal(++_lastId, applicationId, displayName);
        _policies[principal.Id] = [];
        return _principals.TryAdd(applicationId, principal)
            ? principal
            : throw new ArgumentException($"Service principal '{applicationId}' exists.", nameof(applicationId));
    }

    public ServicePrincipal? Find(string applicationId) => _principals.GetValueOrDefault(applicationId);

    public ServicePrincipal? Find(long id) => _principals.Values.FirstOrDefault(p => p.Id == id);

    public IReadOnlyList<FederationPolicy> PoliciesOf(long id) => _policies[id];

    public bool RemovePolicy(long id, string policyId) =>
        _policies.TryGetValue(id, out var kept)
        && _policies.TryUpdate(id, kept.RemoveAll(p => p.Id == policyId), kept)
        && kept.Exists(p => p.Id == policyId);

    /// <returns>A refusal, or null when the policy is kept.</returns>
    public ApiReply? AddPolicy(long id, FederationPolicy policy)
    {
        var kept = _policies[id];
        if (Fault(policy) is { } fault)
            return ApiReply.Invalid(fault);
        if (kept.Count >= MaxPolicies)
            return ApiReply.Refuse(400, "QUOTA_EXCEEDED", $"A service principal has at most {MaxPolicies} policies.");
        if (kept.Any(p => p.Id == policy.Id))
            return ApiReply.Exists($"Federation policy '{policy.Id}' already exists.");
        _policies[id] = kept.Add(policy);
        return null;
    }

    private string? Fault(FederationPolicy policy)
    {
        if (policy.Subject.Length == 0)
            return "oidc_policy.subject is required for a service principal's policy.";
        if (!IsAllowed(policy.Issuer))
            return "oidc_policy.issuer must be an https URL.";
        if (policy.Audiences.Any(a => a.Length == 0))
            return "oidc_policy.audiences must not be empty.";
        if (policy is { JwksJson: not null, JwksUri: not null })
            return "oidc_policy: give jwks_json or jwks_uri, not both.";
        if (policy.JwksUri is { } uri && !IsAllowed(uri))
            return "oidc_policy.jwks_uri must be an https URL.";
        return policy.JwksJson is { } json && !IsKeySet(json) ? "oidc_policy.jwks_json is not a key set." : null;
    }

    private bool IsAllowed(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (allowLoopbackHttp && uri.IsLoopback));

    private static bool IsKeySet(string json)
    {
        try
        {
            return JsonWebKeys.Parse(json).Count > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
