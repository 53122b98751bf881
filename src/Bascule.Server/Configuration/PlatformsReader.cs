using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <param name="Connector">Null when the kind is not known.</param>
/// <param name="Connection">Null when settings are wrong.</param>
internal sealed record DeclaredPlatform(string Name, IPlatformConnector? Connector, PlatformConnection? Connection);

/// <summary>Reads <c>platforms</c> and opens a connection to each.</summary>
internal static class PlatformsReader
{
    public static IReadOnlyList<DeclaredPlatform> Read(
        SettingReader top,
        IReadOnlyList<IPlatformConnector> connectors,
        ConnectionHost host
    ) =>
        top.RequiredMap("platforms", "name at least one system that runs code below it") is { } platforms
            ? [.. platforms.NamedMaps().Select(entry => ReadOne(entry.Name, entry.Settings, connectors, host))]
            : [];

    private static DeclaredPlatform ReadOne(
        string name,
        SettingReader settings,
        IReadOnlyList<IPlatformConnector> connectors,
        ConnectionHost host
    )
    {
        var kind = settings.RequiredKind(connectors.Select(connector => connector.Kind));
        if (kind is null)
            return new DeclaredPlatform(name, Connector: null, Connection: null);
        var connector = connectors.First(connector => connector.Kind == kind);
        var platform = connector.Open(name, settings, host);
        settings.RefuseOthers();
        return new DeclaredPlatform(name, connector, platform is null ? null : new PlatformConnection(name, platform));
    }
}
