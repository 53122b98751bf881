using Bascule.Core.Settings;

namespace Bascule.Core.Platforms;

/// <summary>Code for one kind of platform, found by the word that settings use for it.</summary>
public interface IPlatformConnector
{
    /// <summary>The value of <c>kind:</c>, and the key of its block in a workflow, e.g. databricks.</summary>
    string Kind { get; }

    /// <summary>Reads this kind's keys of a connection and opens it without calling anybody; null when settings are wrong. Does not refuse other keys.</summary>
    IPlatform? Open(string name, SettingReader settings, ConnectionHost host);

    /// <summary>Reads this kind's keys of an environment, e.g. <c>catalog</c>; null when they are wrong. Does not refuse other keys.</summary>
    PlatformEnvironment? ReadEnvironment(SettingReader settings);

    /// <summary>Reads and checks a workflow's block, all of it; null when it is wrong. Refuses other keys.</summary>
    PlatformTask? ReadTask(SettingReader settings);
}
