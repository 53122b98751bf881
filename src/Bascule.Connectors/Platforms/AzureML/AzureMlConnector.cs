using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML;

/// <summary>Opens a workspace of Azure Machine Learning: <c>kind: azureml</c>.</summary>
/// <param name="detail">Told why a call got no answer, for the operator's log; never told a secret.</param>
public sealed class AzureMlConnector(Action<string>? detail = null) : IPlatformConnector
{
    public string Kind => AzureMlDefaults.Kind;

    public IPlatform? Open(string name, SettingReader settings, ConnectionHost host) =>
        AzureMlOptions.Read(name, settings, host) is { } options
            ? new AzureMlPlatform(options, host.Time, detail)
            : null;

    public PlatformEnvironment? ReadEnvironment(SettingReader settings) => AzureMlEnvironment.Read(settings);

    public PlatformTask? ReadTask(SettingReader settings) => AzureMlTask.Read(settings);
}
