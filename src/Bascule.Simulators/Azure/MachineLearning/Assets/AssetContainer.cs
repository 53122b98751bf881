using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Workspace;

namespace Bascule.Simulators.Azure.MachineLearning.Assets;

/// <summary>A named asset and its versions, oldest first.</summary>
internal sealed class AssetContainer(AssetKind kind, string name, Stamp stamp)
{
    public AssetKind Kind => kind;

    public string Name => name;

    public Stamp Stamp => stamp;

    public JsonObject Properties { get; set; } = [];

    public List<AssetVersion> Versions { get; } = [];

    public AssetVersion? Latest => Versions.Count == 0 ? null : Versions[^1];

    public AssetVersion? Find(string version) => Versions.Find(v => v.Version == version);

    public JsonObject ToJson(AmlPlace place)
    {
        var properties = Bodies.Pruned(Properties.DeepClone().AsObject());
        properties["isArchived"] ??= false;
        if (Latest is { } latest)
            properties["latestVersion"] = latest.Version;
        if (Kind == AssetKind.Data)
            properties["dataType"] = "uri_folder";
        else
            properties["provisioningState"] = "Succeeded";
        return AssetJson.Resource(place, $"{Kind.Chain}/{Name}", Kind.Chain, Name, properties, Stamp);
    }
}

internal sealed class AssetVersion(AssetContainer container, string version, JsonObject properties, Stamp stamp)
{
    public AssetContainer Container => container;

    public string Version => version;

    public JsonObject Properties { get; set; } = properties;

    public Stamp Stamp => stamp;

    public string Path => $"{Container.Kind.Chain}/{Container.Name}/versions/{Version}";

    public string? Text(string name) => (string?)Properties[name];

    public JsonObject ToJson(AmlPlace place)
    {
        var shown = Bodies.Pruned(Properties.DeepClone().AsObject());
        shown["isAnonymous"] ??= false;
        shown["isArchived"] ??= false;
        if (Container.Kind == AssetKind.Environments)
            shown["environmentType"] = "UserCreated";
        if (Container.Kind != AssetKind.Data)
            shown["provisioningState"] = "Succeeded";
        return AssetJson.Resource(place, Path, $"{Container.Kind.Chain}/versions", Version, shown, Stamp);
    }
}
