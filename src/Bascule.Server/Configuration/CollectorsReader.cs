using Bascule.Connectors.Collectors;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>audit.collectors</c>: where copies of the audit log go.</summary>
internal static class CollectorsReader
{
    private const string Key = "collectors";

    /// <param name="audit">The map <c>audit</c>, of which only this key is read; null when it is not there.</param>
    public static IReadOnlyList<CollectorSettings> Read(SettingReader? audit, ConnectionHost host)
    {
        if (
            audit?.Find(Key) is null
            || audit.RequiredMap(Key, "name a collector below it, or remove the key") is not { } map
        )
            return [];
        List<CollectorSettings> collectors = [];
        foreach (var (name, settings) in map.NamedMaps())
        {
            if (ReadOne(name, settings, host) is not { } collector)
                continue;
            if (collectors.Find(other => IsSameFile(other, collector)) is { } twin)
                settings.Refuse("path", $"is the one of '{twin.Name}' too", "give each its own file");
            collectors.Add(collector);
        }
        return collectors;
    }

    private static CollectorSettings? ReadOne(string name, SettingReader settings, ConnectionHost host)
    {
        List<string> warnings = [];
        if (settings.RequiredKind(CollectorKinds.All) is not { } kind)
            return null;
        var isRequired = settings.Flag("required", fallback: true);
        var collector = CollectorKinds.Read(kind, settings, host, warnings.Add);
        settings.RefuseOthers();
        return collector is null || settings.HasProblems
            ? null
            : new CollectorSettings(name, collector, isRequired, warnings);
    }

    private static bool IsSameFile(CollectorSettings one, CollectorSettings other) =>
        one.Collector.Kind == "file"
        && other.Collector.Kind == "file"
        && one.Collector.Target == other.Collector.Target;
}
