using System.Text.Json;
using Bascule.Core.Api;
using Bascule.Simulators.Databricks;

namespace Bascule.Testing.Stage;

/// <summary>Stands in for the platform's administrator, who pastes the commands that <c>bascule connect</c> prints: what is not in them is not granted.</summary>
public static class PolicyPaste
{
    private const string Before = "--json '";

    public static void Into(DatabricksSimulator databricks, Finding finding)
    {
        if (
            finding.Command is not { } command
            || !command.Contains("federation-policy create", StringComparison.Ordinal)
        )
            return;
        var json = command[(command.IndexOf(Before, StringComparison.Ordinal) + Before.Length)..].Split('\'')[0];
        using var document = JsonDocument.Parse(json);
        var policy = document.RootElement.GetProperty("oidc_policy");
        var subject = policy.GetProperty("subject").GetString()!;
        databricks.AddFederationPolicy(
            subject.StartsWith("plan:", StringComparison.Ordinal)
                ? StageSettings.Planner
                : StageSettings.ServicePrincipal,
            new FederationPolicy(policy.GetProperty("issuer").GetString()!, subject)
            {
                Audiences = [.. policy.GetProperty("audiences").EnumerateArray().Select(item => item.GetString()!)],
            }
        );
    }
}
