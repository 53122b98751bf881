using System.Text.Json.Nodes;
using System.Xml;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;

namespace Bascule.Connectors.Platforms.AzureML.Planning;

/// <summary>Parts of jobs as the workspace is told them (`mfe.json` 2024-04-01); null where there is nothing to tell.</summary>
internal static class BodyParts
{
    public static JsonObject Input(AzureMlOptions options, JobInput input)
    {
        var json = new JsonObject { ["jobInputType"] = input.Type };
        json.AddMember("value", input.Value);
        json.AddMember("uri", input.Asset?.AddressIn(options.WorkspaceId, input.Collection));
        json.AddMember("mode", input.Mode);
        return json;
    }

    public static JsonObject Output(JobOutput output)
    {
        var json = new JsonObject { ["jobOutputType"] = output.Type };
        json.AddMember("mode", output.Mode);
        json.AddMember("uri", output.Path);
        return json;
    }

    public static JsonObject? Resources(JobResources? resources)
    {
        if (resources is null)
            return null;
        var json = new JsonObject();
        json.AddMember("instanceType", resources.InstanceType);
        json.AddMember("shmSize", resources.SharedMemory);
        if (resources.InstanceCount is { } count)
            json["instanceCount"] = count;
        return json;
    }

    public static JsonObject? Distribution(JobDistribution? distribution)
    {
        if (distribution is null)
            return null;
        var json = new JsonObject { ["distributionType"] = distribution.Type };
        foreach (var (name, count) in distribution.Counts)
            json[name] = count;
        return json;
    }

    public static JsonObject? Limits(TimeSpan? timeout) =>
        timeout is { } time
            ? new JsonObject { ["jobLimitsType"] = "Command", ["timeout"] = XmlConvert.ToString(time) }
            : null;

    public static JsonObject? Texts(IReadOnlyDictionary<string, string> texts) =>
        texts.Count == 0
            ? null
            : new JsonObject(texts.Select(text => new KeyValuePair<string, JsonNode?>(text.Key, text.Value)));

    public static JsonObject? Map<T>(IReadOnlyDictionary<string, T> items, Func<T, JsonObject> json) =>
        items.Count == 0
            ? null
            : new JsonObject(items.Select(item => new KeyValuePair<string, JsonNode?>(item.Key, json(item.Value))));

    public static void AddMember(this JsonObject json, string name, JsonNode? value)
    {
        if (value is not null)
            json[name] = value;
    }
}
