using System.Text.RegularExpressions;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>A workflow names schema and model; the environment brings the catalog, so that no workflow can reach into another environment's.</summary>
internal static partial class ModelName
{
    private const string Remedy = "write model: schema.model; the environment brings the catalog";

    /// <summary>What is wrong with a workflow's <c>model</c>, or null.</summary>
    public static string? Fault(string model) =>
        model.Split('.') is { Length: <= 2 } parts && parts.All(part => Part().IsMatch(part))
            ? null
            : $"'{model}' is not one or two names of letters, digits, '_' and '-' with a dot between them";

    /// <summary>The full name in this environment: catalog.schema.model, or the model's own in the workspace's registry.</summary>
    public static Result<string> Resolve(string model, DatabricksEnvironment environment, string environmentName)
    {
        if (environment.Catalog is not { } catalog)
            return model;
        if (model.Contains('.', StringComparison.Ordinal))
            return $"{catalog}.{model}";
        return environment.Schema is { } schema
            ? $"{catalog}.{schema}.{model}"
            : Problem.Invalid(
                $"model '{model}' names no schema and environment '{environmentName}' brings none; {Remedy}"
            );
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,255}\z", RegexOptions.NonBacktracking)]
    public static partial Regex Part();
}
