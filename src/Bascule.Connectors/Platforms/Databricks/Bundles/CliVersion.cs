using System.Text.Json;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>Which versions of the CLI are used.</summary>
internal static class CliVersion
{
    /// <summary>The first whose direct engine is generally available (its change log, 1.3.0): the other engine would download Terraform at each run.</summary>
    public static readonly Version Least = new(1, 3, 0);

    /// <summary>As <c>databricks version --output json</c> says it.</summary>
    public static Result<string> Read(ReadOnlyMemory<byte> answer, string cli)
    {
        var read = JsonReading.Read(answer, DatabricksJson.Default.JsonElement);
        var text =
            read.Problem is null
            && read.Value.ValueKind == JsonValueKind.Object
            && read.Value.TryGetProperty("Version", out var said)
            && said.ValueKind == JsonValueKind.String
                ? said.GetString()!
                : "";
        if (!Version.TryParse(text.Split('-', '+')[0], out var version))
            return Problem.Invalid(
                $"'{cli}' does not say its version as the Databricks CLI does; name the CLI itself with cli:"
            );
        return version >= Least
            ? StatusProblem.Clean(text)
            : Problem.Invalid(
                $"the Databricks CLI at '{cli}' is {StatusProblem.Clean(text)}, and {Least} is the least that deploys without Terraform; an operator installs a newer one"
            );
    }
}
