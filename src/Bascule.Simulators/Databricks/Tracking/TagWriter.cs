using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Tracking;

/// <summary>Sets tags on a run when all of them are allowed.</summary>
internal static class TagWriter
{
    public static ApiReply? Write(TrackedRun run, IReadOnlyList<JsonObject> tags)
    {
        var pairs = tags.Select(t =>
                (Key: t["key"]?.GetValue<string>() ?? "", Value: t["value"]?.GetValue<string>() ?? "")
            )
            .ToList();
        foreach (var (key, value) in pairs)
        {
            if (NameRules.Fault("tag", key) is { } fault)
                return ApiReply.Invalid(fault);
            if (value.Length > NameRules.LongestTag)
                return ApiReply.Invalid($"Tag value of '{key}' exceeds {NameRules.LongestTag} characters.");
        }
        foreach (var (key, value) in pairs)
            run.Tags[key] = value;
        return null;
    }
}
