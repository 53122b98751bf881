using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Simulators.Azure.MachineLearning.Jobs;
using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Assets;

/// <summary>
/// PUT of assets and of their versions. What the description marks as fixed at creation stays; assumed, as it is marked nowhere: so do the place of code and of
/// a model, and the environment's image.
/// </summary>
internal sealed partial class AssetWrites(AssetStore store, AmlPlace place, CodeUploads uploads, JobStore jobs)
{
    private const int LongestVersion = 255;
    private static readonly string[] Fixed =
    [
        "codeUri",
        "modelUri",
        "modelType",
        "jobName",
        "image",
        "build",
        "condaFile",
        "componentSpec",
        "isAnonymous",
    ];

    public ArmReply PutContainer(AssetKind kind, string name, ArmRequest request)
    {
        if (Name(name) is { } wrong)
            return wrong;
        if (kind.Container is not { } definition)
            return ArmReply.Unknown($"writing of {kind.Chain}");
        if (Bodies.Properties(request, _ => definition, out var fault) is not { } properties)
            return fault!;
        var isNew = store.Find(kind, name) is null;
        var container = store.Ensure(kind, name);
        container.Properties = properties;
        return new(isNew ? 201 : 200, container.ToJson(place));
    }

    public ArmReply PutVersion(AssetKind kind, string name, string version, ArmRequest request)
    {
        if ((Name(name) ?? Number(version)) is { } wrong)
            return wrong;
        if (kind.Version is not { } definition)
            return ArmReply.Unknown($"writing of {kind.Chain}");
        if (Bodies.Properties(request, _ => definition, out var fault) is not { } properties)
            return fault!;
        var existing = store.Find(kind, name, version);
        if (existing is not null && Fixed.FirstOrDefault(f => !IsKept(existing, properties, f)) is { } changed)
            return AmlReply.Conflict(
                $"{kind.Word} {name}:{version} exists, and its '{changed}' cannot be changed. Use another version."
            );
        if (existing is null && Sourceless(kind, properties) is { } sourceless)
            return sourceless;
        var written = store.Write(kind, name, version, Merged(existing, properties));
        return new(existing is null ? 201 : 200, written.ToJson(place));
    }

    private static ArmReply? Name(string name) =>
        NamePattern().IsMatch(name) ? null : AmlReply.Invalid("name", $"'{name}' is no name of an asset.");

    private static ArmReply? Number(string version) =>
        version.Length is > 0 and <= LongestVersion
            ? null
            : AmlReply.Invalid("version", $"'{version}' is no version of an asset.");

    /// <summary>What is not sent stays as it is.</summary>
    private static bool IsKept(AssetVersion existing, JsonObject sent, string name) =>
        sent[name] is null || JsonNode.DeepEquals(sent[name], existing.Properties[name]);

    private static JsonObject Merged(AssetVersion? existing, JsonObject sent)
    {
        if (existing is null)
            return sent;
        foreach (var name in Fixed)
            if (sent[name] is null && existing.Properties[name] is { } kept)
                sent[name] = kept.DeepClone();
        return sent;
    }

    private ArmReply? Sourceless(AssetKind kind, JsonObject properties) =>
        kind == AssetKind.Codes ? uploads.Check((string?)properties["codeUri"])
        : kind == AssetKind.Models ? Model(properties)
        : kind == AssetKind.Environments && properties["image"] is null && properties["build"] is null
            ? AmlReply.Invalid("properties.image", "An environment has an image or a build context.")
        : kind == AssetKind.Components && properties["componentSpec"] is null
            ? AmlReply.Invalid("properties.componentSpec", "A component has a specification.")
        : null;

    private ArmReply? Model(JsonObject properties)
    {
        if ((string?)properties["modelUri"] is not { Length: > 0 } uri)
            return AmlReply.Invalid("properties.modelUri", "A model has a place.");
        if ((string?)properties["jobName"] is { } job && jobs.Find(job) is null)
            return AmlReply.Invalid("properties.jobName", $"Job {job} was not found.");
        var named = JobInUri().Match(uri);
        return named.Success && jobs.Find(named.Groups["job"].Value) is null
            ? AmlReply.Invalid("properties.modelUri", $"Job {named.Groups["job"].Value} was not found.")
            : null;
    }

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    public static partial Regex NamePattern();

    [GeneratedRegex(@"^azureml://jobs/(?<job>[^/]+)/", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex JobInUri();
}
