using Bascule.Connectors.Forges.GiteaFamily;
using Bascule.Core.Forges;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Forges.Forgejo;

/// <summary>Connects to Forgejo. Follows its documentation; not proven against a server.</summary>
/// <param name="detail">Told why a call got no answer, for the operator's log.</param>
public sealed class ForgejoConnector(Action<string>? detail = null) : IForgeConnector
{
    public string Kind => ForgejoDefaults.Member.Kind;

    public IForge? Open(string name, SettingReader settings, ConnectionHost host) =>
        GiteaFamilyOptions.Read(settings, host) is { } options
            ? GiteaFamilyForge.Open(ForgejoDefaults.Member, name, options, host.Time, detail)
            : null;
}
