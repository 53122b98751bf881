using System.Text.Json.Nodes;
using Bascule.Core.Json;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>The command by which an account administrator lets one subject of ours log in.</summary>
internal static class FederationCommand
{
    /// <summary>The command wants the principal's numeric id, which only its administrators see.</summary>
    private const string PrincipalId = "<SERVICE_PRINCIPAL_ID>";

    public static string Create(string issuer, string subject, string audience)
    {
        var policy = new JsonObject
        {
            ["oidc_policy"] = new JsonObject
            {
                ["issuer"] = issuer,
                ["audiences"] = new JsonArray(audience),
                ["subject"] = subject,
            },
        };
        return $"databricks account service-principal-federation-policy create {PrincipalId} --json {Quote(CanonicalJson.ToText(policy))}";
    }

    public static string Setup(DatabricksOptions options, string issuer, string subject, string environment) =>
        $"""
            # Databricks connection '{options.Name}', environment '{environment}': run as an account administrator.
            # {PrincipalId} is the numeric id of the service principal whose application id is {options.Client}:
            databricks account service-principals list --filter {Quote($"applicationId eq \"{options.Client}\"")}
            {Create(issuer, subject, options.Audience)}
            # Databricks fetches {issuer}/.well-known/openid-configuration. Where it cannot, add "jwks_json" with Bascule's keys to "oidc_policy".
            # The principal also needs, in {options.Workspace}: workspace access, and to manage the folder {options.Folder}.
            """;

    /// <summary>The same for the principal of plans, which only reads.</summary>
    public static string PlannerSetup(DatabricksOptions options, string issuer, string subject, string environment) =>
        $"""
            # Databricks connection '{options.Name}', environment '{environment}', plans of bundles: run as an account administrator.
            # {PrincipalId} is the numeric id of the service principal whose application id is {options.Planner}:
            databricks account service-principals list --filter {Quote($"applicationId eq \"{options.Planner}\"")}
            {Create(issuer, subject, options.Audience)}
            # The principal also needs, in {options.Workspace}: workspace access, and to read the bundle's root_path and what it deploys (CAN READ on the
            # folder, CAN VIEW on jobs). Grant it nothing that writes: plans are made of commits that nobody has approved.
            """;

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
