using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core.Json;

namespace Bascule.Connectors.Platforms.ApiManagement;

/// <summary>What an administrator of Azure sets up, for <c>connect</c>.</summary>
internal static class ApimSetup
{
    public const string Role = "Bascule API publisher";

    /// <summary>What plans of commits need that nobody has approved.</summary>
    public const string PlannerRole = "Bascule API planner";

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

    /// <summary>What has more below it: an API its policies, operations, releases and diagnostics; a product its policy and its APIs.</summary>
    private static readonly IReadOnlyList<string> Nested = ["apis", "products"];

    private const string Service = "Microsoft.ApiManagement/service";

    public static string Publisher(ApimOptions options, string issuer, string subject, string environment)
    {
        var definition = Definition(
            options,
            Role,
            "Publishes APIs, products and policies; reads no keys and no secrets."
        );
        var actions = definition["Actions"]!.AsArray();
        actions.Add($"{Service}/operationresults/read");
        foreach (var kind in Written)
        foreach (var verb in new[] { "write", "delete" })
            actions.Add($"{Service}/{kind}/{verb}");
        foreach (var kind in Nested)
        foreach (var verb in new[] { "write", "delete" })
            actions.Add($"{Service}/{kind}/*/{verb}");
        var client = (options.Azure.Account as ArmAccount.Federation)?.Client;
        return Text(options, definition, environment, Login(options, Role, client, issuer, subject));
    }

    /// <summary>The same for plans, which only read.</summary>
    public static string Planner(ApimOptions options, string issuer, string subject, string environment)
    {
        var definition = Definition(
            options,
            PlannerRole,
            "Reads APIs, products and policies to compare them with a commit; reads no keys and no secrets, writes nothing."
        );
        return options.Azure.Account is ArmAccount.Federation federation
            ? Text(options, definition, environment, Login(options, PlannerRole, federation.Planner, issuer, subject))
            : "# Plans are made by the machine's own identity, which may write too: pull requests are planned by it, though nothing of them runs.";
    }

    private static string Text(ApimOptions options, JsonObject definition, string environment, string login) =>
        $"""
            # API Management connection '{options.Name}', environment '{environment}': run as somebody who may assign roles in resource group '{options.ResourceGroup}'.
            az role definition create --role-definition {ArmSetup.Quote(CanonicalJson.ToText(definition))}
            {login}
            """;

    private static string Login(ApimOptions options, string role, string? client, string issuer, string subject) =>
        ArmSetup.Grant(
            options.Azure.Account,
            client,
            role,
            $"/subscriptions/{options.Subscription}/resourceGroups/{options.ResourceGroup}",
            (issuer, subject)
        );

    /// <summary>A role that reads what a plan compares.</summary>
    private static JsonObject Definition(ApimOptions options, string role, string description)
    {
        var actions = new JsonArray($"{Service}/read");
        foreach (var kind in Written)
            actions.Add($"{Service}/{kind}/read");
        foreach (var kind in Nested)
            actions.Add($"{Service}/{kind}/*/read");
        return new JsonObject
        {
            ["Actions"] = actions,
            ["AssignableScopes"] = new JsonArray(
                $"/subscriptions/{options.Subscription}/resourceGroups/{options.ResourceGroup}"
            ),
            ["Description"] = description,
            ["IsCustom"] = true,
            ["Name"] = role,
        };
    }
}
