using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.ApiManagement;

/// <summary>Opens an API Management service: <c>kind: apim</c>.</summary>
/// <param name="detail">Told why a call got no answer, for the operator's log; never told a secret.</param>
public sealed class ApimConnector(Action<string>? detail = null) : IPlatformConnector
{
    public string Kind => ApimDefaults.Kind;

    public IPlatform? Open(string name, SettingReader settings, ConnectionHost host) =>
        ApimOptions.Read(name, settings, host) is { } options ? Open(options, host) : null;

    public PlatformEnvironment? ReadEnvironment(SettingReader settings) => ApimEnvironment.Read(settings);

    public PlatformTask? ReadTask(SettingReader settings) => ApimTask.Read(settings);

    private ApimPlatform Open(ApimOptions options, ConnectionHost host) =>
        new(
            options,
            new OutboundClient(
                new OutboundOptions
                {
                    Subject = options.Subject,
                    Url = options.Azure.Url,
                    CaFile = options.Azure.CaFile,
                    Time = host.Time,
                    Timeout = TimeSpan.FromSeconds(100),
                    MaxAnswerBytes = ApimDefaults.MaxAnswer,
                    Detail = detail,
                }
            ),
            host.Time,
            detail
        );
}
