using System.Text.Json.Nodes;
using Bascule.Simulators.Secrets;

namespace Bascule.Simulators.Azure.Entra;

/// <summary>How Entra's token endpoint says no. Codes after the issues of Azure/login and Azure/azure-workload-identity; the sentences are ours.</summary>
internal static class EntraRefusal
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    public static ServiceAnswer Of(int status, string error, int code, string message) =>
        ServiceAnswer.Json(
            status,
            new JsonObject
            {
                ["error"] = error,
                ["error_description"] = $"AADSTS{code}: {message}",
                ["error_codes"] = new JsonArray(code),
                ["trace_id"] = Guid.NewGuid().ToString(),
                ["correlation_id"] = Guid.NewGuid().ToString(),
                ["error_uri"] = $"https://login.microsoftonline.com/error?code={code}",
            }
        );

    /// <summary>What is wrong with the form beside the assertion itself; null when nothing is.</summary>
    public static ServiceAnswer? Form(Dictionary<string, string> form, Func<string, bool> isScope)
    {
        if (form.GetValueOrDefault("grant_type") != "client_credentials")
            return Of(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type");
        return isScope(form.GetValueOrDefault("scope") ?? "")
            ? null
            : Of(400, "invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid.");
    }

    public static ServiceAnswer UnknownClient() =>
        Of(400, "unauthorized_client", 700016, "Application was not found in the directory.");

    /// <summary>Null when the client proves itself by an assertion, and by nothing else.</summary>
    public static ServiceAnswer? Assertion(Dictionary<string, string> form) =>
        form.GetValueOrDefault("client_assertion_type") != AssertionType || form.ContainsKey("client_secret")
            ? Of(401, "invalid_client", 7000216, "'client_assertion' is required.")
            : null;

    public static ServiceAnswer Of(TokenFault fault) =>
        fault switch
        {
            TokenFault.Expired => Of(
                401,
                "invalid_client",
                700024,
                "Client assertion is not within its valid time range."
            ),
            TokenFault.Audience => Unmatched(700212, "audience"),
            TokenFault.Issuer => Unmatched(700211, "issuer"),
            TokenFault.Subject => Unmatched(700213, "subject"),
            _ => Of(
                401,
                "invalid_client",
                700027,
                "The certificate with identifier used to sign the client assertion is not registered on application."
            ),
        };

    private static ServiceAnswer Unmatched(int code, string part) =>
        Of(401, "invalid_client", code, $"No matching federated identity record found for presented assertion {part}.");
}
