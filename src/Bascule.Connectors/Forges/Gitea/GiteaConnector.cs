using Bascule.Connectors.Forges.GiteaFamily;
using Bascule.Core.Forges;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Forges.Gitea;

/// <summary>Connects to Gitea.</summary>
/// <param name="detail">Told why a call got no answer, for the operator's log.</param>
public sealed class GiteaConnector(Action<string>? detail = null) : IForgeConnector
{
    public string Kind => GiteaDefaults.Member.Kind;

    public IForge? Open(string name, SettingReader settings, ConnectionHost host) =>
        GiteaFamilyOptions.Read(settings, host) is { } options
            ? GiteaFamilyForge.Open(GiteaDefaults.Member, name, options, host.Time, detail)
            : null;
}
