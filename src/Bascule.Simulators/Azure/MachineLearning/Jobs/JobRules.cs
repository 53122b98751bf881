using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Simulators.Azure.MachineLearning.Assets;
using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Jobs;

/// <summary>What a job must have beyond its form.</summary>
internal sealed partial class JobRules(References references, PipelineRules pipelines)
{
    /// <summary>Of the jobs that the simulator knows; null for others.</summary>
    public static string? Definition(JsonObject properties) =>
        Text(properties["jobType"]) switch
        {
            "Pipeline" => "PipelineJob",
            "AutoML" or "Sweep" or "Spark" => null,
            _ => "CommandJob",
        };

    public ArmReply? Check(JsonObject job)
    {
        const string path = "properties";
        return Compute(job, path)
            ?? Inputs(job, path)
            ?? ((string?)job["jobType"] == "Pipeline" ? pipelines.Check(job) : Command(job, path));
    }

    private ArmReply? Command(JsonObject job, string path)
    {
        if ((string?)job["codeId"] is { } code && !references.IsVersion(AssetKind.Codes, code))
            return Absent($"{path}.codeId", "code", code);
        if ((string?)job["environmentId"] is { } environment && !references.IsEnvironment(environment))
            return Absent($"{path}.environmentId", "environment", environment);
        if ((string?)job["resources"]?["shmSize"] is { } size && !Size().IsMatch(size))
            return AmlReply.Invalid($"{path}.resources.shmSize", $"'{size}' is no size such as 2g.");
        if ((string?)job["limits"]?["timeout"] is { } timeout && !Duration().IsMatch(timeout))
            return AmlReply.Invalid($"{path}.limits.timeout", $"'{timeout}' is no duration of ISO 8601.");
        return (string?)job["limits"]?["jobLimitsType"] is null or "Command"
            ? null
            : AmlReply.Invalid($"{path}.limits.jobLimitsType", "Limits of a command job are of the type Command.");
    }

    private ArmReply? Compute(JsonObject job, string path) =>
        Text(job["computeId"]) is { } compute && !references.IsCompute(compute)
            ? Absent($"{path}.computeId", "compute", compute)
            : null;

    private ArmReply? Inputs(JsonObject job, string path)
    {
        foreach (var (name, input) in job["inputs"] as JsonObject ?? [])
            if ((string?)input?["uri"] is { } uri && references.IsMissingData(uri))
                return Absent($"{path}.inputs.{name}.uri", "asset", uri);
        return null;
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static ArmReply Absent(string target, string kind, string id) =>
        AmlReply.Invalid(target, $"The {kind} '{id}' was not found.");

    [GeneratedRegex(@"^\d+[bBkKmMgG]\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Size();

    [GeneratedRegex(
        @"^P(?=.)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Duration();
}
