using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Aliases of models in Unity Catalog. The workspace's own registry has none, so nothing is promoted there.</summary>
internal sealed partial class DatabricksAliases(DatabricksClient client)
{
    /// <summary>What is wrong with an alias's name, or null. <c>latest</c> and <c>v7</c> mean versions to MLflow, and are no names.</summary>
    public static string? FaultOf(string alias) =>
        !Name().IsMatch(alias) ? "is not letters, digits, '_' and '-' that begin with a letter, 255 at most"
        : Version().IsMatch(alias) || string.Equals(alias, "latest", StringComparison.OrdinalIgnoreCase)
            ? "means a version to MLflow, and cannot be an alias"
        : null;

    /// <summary>
    /// An environment brings the catalog, and the schema of models that name none. A version in another catalog would be a copy, for which the descriptions
    /// name no call.
    /// </summary>
    public static bool SharesModels(DatabricksEnvironment one, DatabricksEnvironment other) =>
        one.Catalog is not null && one.Catalog == other.Catalog && one.Schema == other.Schema;

    /// <summary>Null also where there is no such model: then no alias of it leads anywhere.</summary>
    public async Task<Result<string?>> ReadAsync(PromotionCall call, CancellationToken cancellationToken)
    {
        if (FindFault(call) is { } fault)
            return fault;
        var read = await client.GetPatientlyAsync(
            SessionOf(call),
            PathOf(call),
            $"read alias {call.Alias} of {call.Model}",
            DatabricksJson.Default.AliasedVersion,
            cancellationToken
        );
        if (read.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? Result.Of<string?>(null) : Result.Failure<string?>(problem);
        return read.Value.Version is { } version
            ? Result.Of<string?>(version.ToString(CultureInfo.InvariantCulture))
            : Problem.Unavailable($"alias {call.Alias} of {call.Model}: the answer names no version");
    }

    /// <param name="version">Null takes the alias away.</param>
    public async Task<Result<Done>> MoveAsync(PromotionCall call, string? version, CancellationToken cancellationToken)
    {
        if (FindFault(call) is { } fault)
            return fault;
        var target = $"{call.Model}@{call.Alias}";
        if (version is null)
        {
            var taken = await call.Audit.CallAsync(
                "databricks.models.alias.delete",
                target,
                details: null,
                token => DeleteAsync(call, token),
                cancellationToken
            );
            return taken.Problem is { Code: ProblemCode.NotFound } ? Result.Done : taken;
        }
        if (!long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return Problem.Invalid($"version '{StatusProblem.Clean(version)}' of {call.Model} is not a number");
        var set = await call.Audit.CallAsync(
            "databricks.models.alias.set",
            target,
            new JsonObject { ["version"] = version },
            token => SetAsync(call, number, token),
            cancellationToken
        );
        return set.Failed(out var problem) ? problem : Result.Done;
    }

    private Task<Result<JsonElement>> SetAsync(PromotionCall call, long version, CancellationToken cancellationToken) =>
        client.PutPatientlyAsync(
            SessionOf(call),
            PathOf(call),
            $"set alias {call.Alias} of {call.Model}",
            new JsonObject { ["version_num"] = version },
            DatabricksJson.Default.JsonElement,
            cancellationToken
        );

    private Task<Result<Done>> DeleteAsync(PromotionCall call, CancellationToken cancellationToken) =>
        client.DeletePatientlyAsync(
            SessionOf(call),
            PathOf(call),
            $"take alias {call.Alias} away from {call.Model}",
            cancellationToken
        );

    /// <summary>The environment brings the catalog: no promotion reaches into another one's, whatever the settings were when the version was made.</summary>
    private static Problem? FindFault(PromotionCall call)
    {
        if (((DatabricksEnvironment)call.Environment).Catalog is not { } catalog)
            return Problem.Denied(
                $"environment '{call.EnvironmentName}' brings no catalog, and only models of Unity Catalog have aliases; an operator adds catalog: to it"
            );
        return call.Model.StartsWith($"{catalog}.", StringComparison.Ordinal)
            ? null
            : Problem.Denied(
                $"model {call.Model} is not of catalog '{catalog}', which environment '{call.EnvironmentName}' brings; nothing of it is promoted there"
            );
    }

    private static string PathOf(PromotionCall call) =>
        $"/api/2.1/unity-catalog/models/{Uri.EscapeDataString(call.Model)}/aliases/{Uri.EscapeDataString(call.Alias)}";

    private static DatabricksSession SessionOf(PromotionCall call) => new(call.Identity, call.Audit);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,254}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[vV][0-9]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Version();
}
