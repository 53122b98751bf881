using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Server.Tests.Workflows;

/// <summary>A platform with one key, <c>run</c>, for what needs a second kind.</summary>
internal sealed class NamedPlatformConnector(string kind) : IPlatformConnector
{
    public string Kind => kind;

    public IPlatform? Open(string name, SettingReader settings, ConnectionHost host) => null;

    public PlatformEnvironment? ReadEnvironment(SettingReader settings) => null;

    public PlatformTask? ReadTask(SettingReader settings)
    {
        var run = settings.RequiredText("run", "say what to run");
        settings.RefuseOthers();
        return run is null ? null : new NamedTask(run);
    }
}

internal sealed record NamedTask(string Run) : PlatformTask;
