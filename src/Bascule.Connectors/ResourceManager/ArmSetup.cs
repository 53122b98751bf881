using System.Text.Json.Nodes;
using Bascule.Core.Json;

namespace Bascule.Connectors.ResourceManager;

/// <summary>What an administrator of Azure types to let Bascule in.</summary>
internal static class ArmSetup
{
    /// <summary>Of one application or identity (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations).</summary>
    public const int MostCredentials = 20;

    /// <summary>A role, and the federated credential by which one subject logs in.</summary>
    /// <param name="account">How Bascule logs in.</param>
    /// <param name="client">The application; null for the machine's own identity.</param>
    public static string Grant(
        ArmAccount account,
        string? client,
        string role,
        string scope,
        (string Issuer, string Subject) token
    )
    {
        if (account is not ArmAccount.Federation federation)
            return Assign("<PRINCIPAL_ID_OF_THE_MACHINE>", role, scope);
        var (issuer, subject) = token;
        var credential = new JsonObject
        {
            ["audiences"] = new JsonArray(federation.Audience),
            ["issuer"] = issuer,
            ["name"] = "bascule-" + subject.Replace(':', '-'),
            ["subject"] = subject,
        };
        return $"""
            {Assign(client ?? "", role, scope)}
            # Entra compares issuer and subject letter by letter, and takes at most {MostCredentials} credentials for one application.
            az ad app federated-credential create --id {client} --parameters {Quote(CanonicalJson.ToText(credential))}
            # Entra fetches {issuer}/.well-known/openid-configuration: it must be on the public internet. Where it cannot be, use login: managed_identity.
            """;
    }

    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Assign(string assignee, string role, string scope) =>
        $"az role assignment create --assignee {assignee} --role {Quote(role)} --scope {Quote(scope)}";
}
