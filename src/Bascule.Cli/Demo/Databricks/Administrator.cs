using System.Text.Json;
using System.Text.RegularExpressions;
using Bascule.Core.Api;
using Bascule.Simulators.Databricks;

namespace Bascule.Cli.Demo.Databricks;

/// <summary>Stands in for the platform's administrator, who pastes the commands that <c>bascule connect</c> prints. What is not in the command is not granted.</summary>
internal sealed partial class Administrator(DatabricksSimulator databricks)
{
    public void Paste(Finding finding)
    {
        if (finding.Command is not { } command || Policy().Match(command) is not { Success: true } match)
            return;
        var policy = JsonDocument.Parse(match.Groups["json"].Value).RootElement.GetProperty("oidc_policy");
        databricks.AddFederationPolicy(
            DatabricksDemo.ServicePrincipal,
            new FederationPolicy(policy.GetProperty("issuer").GetString()!, policy.GetProperty("subject").GetString()!)
            {
                Audiences =
                [
                    .. policy.GetProperty("audiences").EnumerateArray().Select(audience => audience.GetString()!),
                ],
            }
        );
    }

    [GeneratedRegex("federation-policy create .* --json '(?<json>[^']*)'", RegexOptions.NonBacktracking)]
    private static partial Regex Policy();
}
