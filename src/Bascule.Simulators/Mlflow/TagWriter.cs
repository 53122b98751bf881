using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Mlflow;

/// <summary>Sets tags when all of them are allowed.</summary>
internal static class TagWriter
{
    public static ApiReply? Write(Dictionary<string, string> tags, IReadOnlyList<JsonObject> given)
    {
        foreach (var tag in given)
        {
            if (NameRules.Fault("tag", Text(tag, "key")) is { } fault)
                return ApiReply.Invalid(fault);
            if (Text(tag, "value").Length > NameRules.LongestTag)
                return ApiReply.Invalid(
                    $"Tag value of '{Text(tag, "key")}' exceeds {NameRules.LongestTag} characters."
                );
        }
        foreach (var tag in given)
            tags[Text(tag, "key")] = Text(tag, "value");
        return null;
    }

    private static string Text(JsonObject tag, string name) => tag[name]?.GetValue<string>() ?? "";
}
