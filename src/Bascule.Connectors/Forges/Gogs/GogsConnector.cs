using Bascule.Core.Forges;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Forges.Gogs;

/// <summary>Connects to Gogs.</summary>
/// <param name="detail">Told why a call got no answer, for the operator's log.</param>
public sealed class GogsConnector(Action<string>? detail = null) : IForgeConnector
{
    public string Kind => GogsDefaults.Kind;

    public IForge? Open(string name, SettingReader settings, ConnectionHost host) =>
        GogsOptions.Read(settings, host) is { } options ? GogsForge.Open(name, options, host.Time, detail) : null;
}
