using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML;

/// <summary>
/// Stages of model versions (<c>ModelVersionProperties.stage</c>). A version has one stage, and here a stage has one version: the former one loses it.
/// </summary>
internal sealed partial class AzureMlStages(AzureMlOptions options, AzureMlClient client)
{
    private const string Stage = "stage";

    /// <summary>What a version is written with; everything else only the service writes, or stays as it was made.</summary>
    private static readonly string[] Written =
    [
        "description",
        "properties",
        "tags",
        "isArchived",
        "flavors",
        "jobName",
        "modelType",
        "modelUri",
        Stage,
    ];

    /// <summary>Stages that say of a version that it is not used: nothing is promoted to them.</summary>
    private static readonly string[] Unused = ["none", "archived"];

    /// <summary>What is wrong with a stage's name, or null.</summary>
    public static string? FaultOf(string stage) =>
        !Name().IsMatch(stage) ? "is not letters, digits, '_' and '-' that begin with a letter, 255 at most"
        : Unused.Contains(stage.ToLowerInvariant()) ? "says that a version is not used, and nothing is promoted to it"
        : null;

    /// <summary>Several versions in one stage are told as such, e.g. <c>6 and 7</c>: that is none of them.</summary>
    public async Task<Result<string?>> ReadAsync(PromotionCall call, CancellationToken cancellationToken)
    {
        var listed = await ListAsync(call, cancellationToken);
        if (listed.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? Result.Of<string?>(null) : Result.Failure<string?>(problem);
        var staged = listed.Value.Where(one => IsIn(one, call.Alias)).Select(one => one.Name).ToList();
        return Result.Of(staged.Count == 0 ? null : string.Join(" and ", staged.Order(StringComparer.Ordinal)));
    }

    /// <summary>The new version comes first: for a moment two are in the stage, and at no time none.</summary>
    public async Task<Result<Done>> MoveAsync(PromotionCall call, string? version, CancellationToken cancellationToken)
    {
        var listed = await ListAsync(call, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        if (version is not null)
        {
            if (listed.Value.FirstOrDefault(one => one.Name == version) is not { } wanted)
                return Problem.NotFound($"{options.Subject}: model {call.Model} has no version {version}");
            if (
                !IsIn(wanted, call.Alias)
                && (await PutAsync(call, wanted, call.Alias, cancellationToken)).Failed(out problem)
            )
                return problem;
        }
        foreach (var former in listed.Value.Where(one => one.Name != version && IsIn(one, call.Alias)))
            if ((await PutAsync(call, former, stage: null, cancellationToken)).Failed(out problem))
                return problem;
        return Result.Done;
    }

    private Task<Result<IReadOnlyList<ArmResource>>> ListAsync(
        PromotionCall call,
        CancellationToken cancellationToken
    ) => client.ListAsync(SessionOf(call), $"{PathOf(call)}/versions", cancellationToken);

    /// <summary>All of it as it is but the stage: what is not written is gone.</summary>
    private Task<Result<Done>> PutAsync(
        PromotionCall call,
        ArmResource version,
        string? stage,
        CancellationToken cancellationToken
    )
    {
        var properties = new JsonObject();
        foreach (var name in Written)
            if (version.Properties[name] is { } value)
                properties[name] = value.DeepClone();
        if (stage is null)
            properties.Remove(Stage);
        else
            properties[Stage] = stage;
        return client.PutAsync(
            SessionOf(call),
            $"{PathOf(call)}/versions/{Uri.EscapeDataString(version.Name)}",
            new JsonObject { ["properties"] = properties },
            stage is null ? "azureml.models.stage.delete" : "azureml.models.stage.set",
            cancellationToken
        );
    }

    /// <summary>Names of stages have no case at some callers of the service: two that differ by it alone are one.</summary>
    private static bool IsIn(ArmResource version, string stage) =>
        string.Equals((string?)version.Properties[Stage], stage, StringComparison.OrdinalIgnoreCase);

    private static string PathOf(PromotionCall call) => $"models/{Uri.EscapeDataString(call.Model)}";

    private static ArmSession SessionOf(PromotionCall call) => new(call.Identity, call.Audit);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,254}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
