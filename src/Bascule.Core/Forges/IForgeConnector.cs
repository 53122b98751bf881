using Bascule.Core.Settings;

namespace Bascule.Core.Forges;

/// <summary>Code for one kind of forge, found by the word that settings use for it.</summary>
public interface IForgeConnector
{
    /// <summary>The value of <c>kind:</c>, e.g. gitea.</summary>
    string Kind { get; }

    /// <summary>
    /// Reads this kind's keys (<c>url</c>, <c>token</c>, <c>ca</c>) and opens the connection without calling anybody.
    /// Null when settings are wrong; what is wrong is in the reader. Does not refuse other keys: the server reads some of the same map.
    /// </summary>
    IForge? Open(string name, SettingReader settings, ConnectionHost host);
}
