using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Workspace;

namespace Bascule.Simulators.Azure.MachineLearning.Assets;

/// <summary>The envelope that all resources have.</summary>
internal static class AssetJson
{
    public static JsonObject Resource(
        AmlPlace place,
        string path,
        string type,
        string name,
        JsonObject properties,
        Stamp stamp
    ) =>
        new()
        {
            ["id"] = place.Id(path),
            ["name"] = name,
            ["type"] = $"{AmlPlace.Provider.Namespace}/workspaces/{type}",
            ["properties"] = properties,
            ["systemData"] = stamp.ToJson(),
        };
}
