using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Workspace;

namespace Bascule.Simulators.Azure.MachineLearning.Assets;

/// <summary>All assets of the workspace. Their names have case.</summary>
internal sealed class AssetStore
{
    private readonly Dictionary<(string Kind, string Name), AssetContainer> _all = [];
    private readonly TimeProvider _time;

    public AssetStore(AmlSimulatorOptions options)
    {
        _time = options.TimeProvider;
        foreach (var (name, version) in options.Environments.Select(Split))
            Write(
                AssetKind.Environments,
                name,
                version,
                new() { ["image"] = $"registry.example.com/{name}:{version}" }
            );
        foreach (var (name, version) in options.Data.Select(Split))
            Write(
                AssetKind.Data,
                name,
                version,
                new()
                {
                    ["dataType"] = "uri_folder",
                    ["dataUri"] = $"azureml://datastores/data/paths/{name}/{version}/",
                }
            );
    }

    public IEnumerable<AssetContainer> Of(AssetKind kind) =>
        _all.Values.Where(c => c.Kind == kind).OrderBy(c => c.Name, StringComparer.Ordinal);

    public AssetContainer? Find(AssetKind kind, string name) => _all.GetValueOrDefault((kind.Chain, name));

    public AssetVersion? Find(AssetKind kind, string name, string version) => Find(kind, name)?.Find(version);

    public AssetContainer Ensure(AssetKind kind, string name)
    {
        if (!_all.TryGetValue((kind.Chain, name), out var container))
            _all[(kind.Chain, name)] = container = new(kind, name, NewStamp());
        return container;
    }

    public AssetVersion Write(AssetKind kind, string name, string version, JsonObject properties)
    {
        var container = Ensure(kind, name);
        container.Stamp.ModifiedAt = _time.GetUtcNow();
        if (container.Find(version) is { } existing)
        {
            (existing.Properties, existing.Stamp.ModifiedAt) = (properties, _time.GetUtcNow());
            return existing;
        }
        var written = new AssetVersion(container, version, properties, NewStamp());
        container.Versions.Add(written);
        return written;
    }

    /// <summary>Name and version around the last colon.</summary>
    public static (string Name, string Version) Split(string text)
    {
        var at = text.LastIndexOf(':');
        return (text[..at], text[(at + 1)..]);
    }

    private Stamp NewStamp() => new(_time.GetUtcNow());
}
