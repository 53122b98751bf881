using Bascule.Connectors.Collectors.Lines;
using Bascule.Connectors.Collectors.Otlp;
using Bascule.Connectors.Collectors.Syslog;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Collectors;

/// <summary>The kinds of collectors, by the word that stands in the settings.</summary>
public static class CollectorKinds
{
    public static readonly IReadOnlyList<string> All = ["syslog", "otlp", "http", "file"];

    /// <summary>Null when the settings are wrong, which is then reported.</summary>
    /// <param name="warn">Told what is allowed and should not stay so.</param>
    public static ICollector? Read(string kind, SettingReader settings, ConnectionHost host, Action<string> warn)
    {
        switch (kind)
        {
            case "syslog":
                var syslog = SyslogOptions.Read(settings, host);
                if (syslog?.Enterprise == SyslogOptions.ExampleEnterprise)
                    warn(
                        $"enterprise_number is {SyslogOptions.ExampleEnterprise}, which is for examples only; write your organisation's own (https://www.iana.org/assignments/enterprise-numbers)"
                    );
                return Sound(settings, syslog)?.Open();
            case "otlp":
                return Sound(settings, HttpOptions.Read(settings, host, "https://otel.example.com:4318")) is { } otlp
                    ? new OtlpCollector(otlp)
                    : null;
            case "http":
                return
                    Sound(settings, HttpOptions.Read(settings, host, "https://logs.example.com/ingest/bascule"))
                        is { } http
                    ? new HttpCollector(http)
                    : null;
            default:
                return settings.RequiredText("path", "write path: the file that lines are added to") is { } path
                    ? new FileCollector(host.Resolve(path))
                    : null;
        }
    }

    private static T? Sound<T>(SettingReader settings, T? options)
        where T : class => settings.HasProblems ? null : options;
}
