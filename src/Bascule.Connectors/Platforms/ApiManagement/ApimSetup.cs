using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core.Json;

namespace Bascule.Connectors.Platforms.ApiManagement;

/// <summary>What an administrator of Azure sets up, for <c>connect</c>.</summary>
internal static class ApimSetup
{
    public const string Role = "Bascule API publisher";

    /// <summary>
    /// What a deployment reads and writes, and nothing else of the service: no keys of subscribers, no values of secrets. How an operation ends is asked at the
    /// resource group, so the role is given there.
    /// </summary>
    private static readonly IReadOnlyList<string> Written =
    [
        "apis",
        "apiVersionSets",
        "backends",
        "diagnostics",
        "loggers",
        "namedValues",
        "policies",
        "policyFragments",
        "products",
    ];

    public static string Text(ApimOptions options, string issuer, string subject, string environment) =>
        $"""
            # API Management connection '{options.Name}', environment '{environment}': run as somebody who may assign roles in resource group '{options.ResourceGroup}'.
            az role definition create --role-definition {Quote(CanonicalJson.ToText(Definition(options)))}
            {Login(options, issuer, subject)}
            """;

    private static string Login(ApimOptions options, string issuer, string subject)
    {
        var scope = $"/subscriptions/{options.Subscription}/resourceGroups/{options.ResourceGroup}";
        if (options.Azure.Account is not ArmAccount.Federation federation)
            return $"az role assignment create --assignee <PRINCIPAL_ID_OF_THE_MACHINE> --role {Quote(Role)} --scope {Quote(scope)}";
        var credential = new JsonObject
        {
            ["audiences"] = new JsonArray(federation.Audience),
            ["issuer"] = issuer,
            ["name"] = "bascule-" + subject.Replace(':', '-'),
            ["subject"] = subject,
        };
        return $"""
            az role assignment create --assignee {federation.Client} --role {Quote(Role)} --scope {Quote(scope)}
            # Entra compares issuer and subject letter by letter, and takes at most 20 credentials for one application.
            az ad app federated-credential create --id {federation.Client} --parameters {Quote(
                CanonicalJson.ToText(credential)
            )}
            # Entra fetches {issuer}/.well-known/openid-configuration: it must be on the public internet. Where it cannot be, use login: managed_identity.
            """;
    }

    private static JsonObject Definition(ApimOptions options)
    {
        const string service = "Microsoft.ApiManagement/service";
        var actions = new JsonArray($"{service}/read", $"{service}/operationresults/read");
        foreach (var kind in Written)
        foreach (var verb in new[] { "read", "write", "delete" })
            actions.Add($"{service}/{kind}/{verb}");
        // What lies below an API: its policies, operations, releases and diagnostics; below a product its policy and its APIs.
        foreach (var kind in new[] { "apis", "products" })
        foreach (var verb in new[] { "read", "write", "delete" })
            actions.Add($"{service}/{kind}/*/{verb}");
        return new JsonObject
        {
            ["Actions"] = actions,
            ["AssignableScopes"] = new JsonArray(
                $"/subscriptions/{options.Subscription}/resourceGroups/{options.ResourceGroup}"
            ),
            ["Description"] = "Publishes APIs, products and policies; reads no keys and no secrets.",
            ["IsCustom"] = true,
            ["Name"] = Role,
        };
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
