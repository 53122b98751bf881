using Bascule.Connectors.Outbound;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>Opens Airflow of either generation: <c>kind: airflow</c>.</summary>
/// <param name="detail">Told why a call got no answer, for the operator's log; never told a secret.</param>
public sealed class AirflowConnector(Action<string>? detail = null) : IPlatformConnector
{
    public string Kind => AirflowDefaults.Kind;

    public IPlatform? Open(string name, SettingReader settings, ConnectionHost host) =>
        AirflowOptions.Read(name, settings, host) is { } options ? Open(options, host) : null;

    public PlatformEnvironment? ReadEnvironment(SettingReader settings) => AirflowEnvironment.Read(settings);

    public PlatformTask? ReadTask(SettingReader settings) => AirflowTask.Read(settings);

    private AirflowPlatform Open(AirflowOptions options, ConnectionHost host) =>
        new(
            options,
            new OutboundClient(
                new OutboundOptions
                {
                    Subject = options.Subject,
                    Url = options.Url,
                    CaFile = options.CaFile,
                    Time = host.Time,
                    Timeout = TimeSpan.FromSeconds(30),
                    MaxAnswerBytes = AirflowDefaults.MaxAnswer,
                    Detail = detail,
                }
            ),
            host.Time
        );
}
