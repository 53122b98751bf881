using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;

namespace Bascule.Connectors.Platforms.AzureML;

/// <summary>What an administrator of Azure sets up, for <c>connect</c>.</summary>
internal static class AzureMlSetup
{
    /// <summary>Jobs, code and models of one workspace; makes no compute and gives no rights.</summary>
    private const string Role = "AzureML Data Scientist";

    private const string PlannerRole = "Reader";

    public static string Runner(AzureMlOptions options, string issuer, string subject, string environment)
    {
        var client = (options.Azure.Account as ArmAccount.Federation)?.Client;
        return $"""
            # Azure ML connection '{options.Name}', environment '{environment}': run as somebody who may assign roles in workspace '{options.Workspace}'.
            {Application(options, client)}{Grant(options, client, Role, issuer, subject)}
            # The role is given at the workspace and no higher. How a cancel ends is then seen at the job itself.
            """;
    }

    /// <summary>The same for plans, which only read: the newest version of a data asset.</summary>
    public static string Planner(AzureMlOptions options, string issuer, string subject, string environment) =>
        options.Azure.Account switch
        {
            ArmAccount.Federation { Planner: { } planner } => $"""
                # Azure ML connection '{options.Name}', environment '{environment}': plans look up the newest versions of inputs, and nothing else.
                {Application(options, planner)}{Grant(options, planner, PlannerRole, issuer, subject)}
                """,
            ArmAccount.Federation =>
                "# Nothing to do: no login.federation.planner is named, so plans ask the workspace nothing, and inputs need a version (azureml:NAME:VERSION).",
            _ =>
                "# Plans are made by the machine's own identity, which may write too: pull requests are planned by it, though nothing of them runs.",
        };

    private static string Grant(AzureMlOptions options, string? client, string role, string issuer, string subject) =>
        ArmSetup.Grant(options.Azure.Account, client, role, options.WorkspaceId, (issuer, subject));

    private static string Application(AzureMlOptions options, string? client) =>
        client is null
            ? ""
            : $"""
                # The application {client}. One that does not exist yet: az ad app create --display-name bascule-{options.Workspace}; its appId comes into bascule.yaml.
                az ad sp create --id {client}

                """;
}
