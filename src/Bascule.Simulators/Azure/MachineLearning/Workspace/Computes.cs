using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Workspace;

/// <summary>The clusters that exist; nobody makes one here.</summary>
internal sealed class Computes(AmlPlace place, Paging paging)
{
    public ArmReply List(ArmRequest request) => paging.Page(request, place.Options.Computes, Show);

    public ArmReply Get(string name) =>
        place.Options.Computes.FirstOrDefault(c => string.Equals(c, name, StringComparison.OrdinalIgnoreCase))
            is { } own
            ? new(200, Show(own))
            : AmlReply.NotFound($"Compute {name}");

    private JsonObject Show(string name) =>
        new()
        {
            ["id"] = place.Id($"computes/{name}"),
            ["name"] = name,
            ["type"] = $"{AmlPlace.Provider.Namespace}/workspaces/computes",
            ["location"] = place.Options.Location,
            ["properties"] = new JsonObject
            {
                ["computeType"] = "AmlCompute",
                ["computeLocation"] = place.Options.Location,
                ["provisioningState"] = "Succeeded",
                ["properties"] = new JsonObject
                {
                    ["vmSize"] = "STANDARD_DS3_V2",
                    ["vmPriority"] = "Dedicated",
                    ["osType"] = "Linux",
                    ["scaleSettings"] = new JsonObject { ["minNodeCount"] = 0, ["maxNodeCount"] = 4 },
                },
            },
        };
}
