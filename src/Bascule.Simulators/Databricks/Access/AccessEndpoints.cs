using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Access;

/// <summary>Who am I, and the account's federation policies (a real account serves those on its own host).</summary>
internal sealed class AccessEndpoints(Principals principals, string accountId)
{
    private const string Policies =
        "/api/2.0/accounts/{account_id}/servicePrincipals/{service_principal_id}/federationPolicies";

    public void Map(Routes routes)
    {
        routes.Map("GET /api/2.0/preview/scim/v2/Me", Me);
        routes.Map($"POST {Policies}", Create);
        routes.Map($"GET {Policies}", List);
        routes.Map($"GET {Policies}/{{policy_id}}", Get);
        routes.Map($"DELETE {Policies}/{{policy_id}}", Delete);
    }

    private ApiReply Me(ApiRequest request)
    {
        var principal = principals.Find(request.Caller.UserName);
        return ApiReply.Ok(
            new JsonObject
            {
                ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:User"),
                ["id"] = (principal?.Id ?? 1).ToString(CultureInfo.InvariantCulture),
                ["userName"] = request.Caller.UserName,
                ["displayName"] = principal?.DisplayName ?? request.Caller.UserName,
                ["active"] = true,
            }
        );
    }

    private ApiReply Create(ApiRequest request)
    {
        if (!TryFind(request, out var principal, out var refusal))
            return refusal;
        if (request.Fields["oidc_policy"] is not JsonObject oidc)
            return ApiReply.Invalid("Missing required field: oidc_policy");
        var id = request.Text("policy_id") ?? Guid.NewGuid().ToString();
        var policy = Parse(oidc, id, request.TextOrEmpty("description"));
        return principals.AddPolicy(principal.Id, policy) ?? ApiReply.Ok(Json(policy, principal.Id));
    }

    private ApiReply List(ApiRequest request) =>
        TryFind(request, out var principal, out var refusal)
            ? ApiReply.Ok(
                new JsonObject
                {
                    ["policies"] = new JsonArray([
                        .. principals.PoliciesOf(principal.Id).Select(p => (JsonNode?)Json(p, principal.Id)),
                    ]),
                }
            )
            : refusal;

    private ApiReply Get(ApiRequest request)
    {
        if (!TryFind(request, out var principal, out var refusal))
            return refusal;
        var found = principals.PoliciesOf(principal.Id).FirstOrDefault(p => p.Id == request.Route["policy_id"]);
        return found is null ? ApiReply.NotFound("No such federation policy.") : ApiReply.Ok(Json(found, principal.Id));
    }

    private ApiReply Delete(ApiRequest request) =>
        !TryFind(request, out var principal, out var refusal) ? refusal
        : principals.RemovePolicy(principal.Id, request.Route["policy_id"]) ? ApiReply.Ok()
        : ApiReply.NotFound("No such federation policy.");

    private bool TryFind(
        ApiRequest request,
        [NotNullWhen(true)] out ServicePrincipal? principal,
        [NotNullWhen(false)] out ApiReply? refusal
    )
    {
        principal = null;
        // Creating policies belongs to account administrators; workspace administrators may not.
        refusal = request.Caller.IsAdmin
            ? null
            : ApiReply.Denied("Only account admins may manage federation policies.");
        if (refusal is null && request.Route["account_id"] != accountId)
            refusal = ApiReply.NotFound("No such account.");
        if (
            refusal is null
            && long.TryParse(request.Route["service_principal_id"], CultureInfo.InvariantCulture, out var id)
        )
            principal = principals.Find(id);
        if (principal is null)
            refusal ??= ApiReply.NotFound("No such service principal.");
        return refusal is null;
    }

    private static FederationPolicy Parse(JsonObject oidc, string id, string description) =>
        new(Text(oidc, "issuer") ?? "", Text(oidc, "subject") ?? "")
        {
            Id = id,
            Description = description,
            Audiences = [.. (oidc["audiences"] as JsonArray ?? []).Select(a => a!.GetValue<string>())],
            SubjectClaim = Text(oidc, "subject_claim") ?? "sub",
            JwksJson = Text(oidc, "jwks_json"),
            JwksUri = Text(oidc, "jwks_uri"),
        };

    private static string? Text(JsonObject json, string name) => json[name]?.GetValue<string>();

    private static JsonObject Json(FederationPolicy policy, long principal) =>
        new()
        {
            ["policy_id"] = policy.Id,
            ["service_principal_id"] = principal,
            ["description"] = policy.Description,
            ["oidc_policy"] = new JsonObject
            {
                ["issuer"] = policy.Issuer,
                ["subject"] = policy.Subject,
                ["subject_claim"] = policy.SubjectClaim,
                ["audiences"] = new JsonArray([.. policy.Audiences.Select(a => (JsonNode?)a)]),
                ["jwks_json"] = policy.JwksJson,
                ["jwks_uri"] = policy.JwksUri,
            },
        };
}
