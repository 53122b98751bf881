using Bascule.Connectors.Outbound;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Collectors.Syslog;

/// <summary>A collector that speaks RFC 5424 over TLS.</summary>
public sealed record SyslogOptions
{
    /// <summary>For examples only (RFC 5612); the operator's own belongs there.</summary>
    public const long ExampleEnterprise = 32473;
    public const int DefaultPort = 6514;
    private const int DefaultMessage = 8192;
    private const int SmallestMessage = 2048;
    private const int LargestMessage = 256 * 1024;
    private const string AddressRemedy = "write address: \"logs.example.com:6514\"";

    public required string Host { get; init; }
    public int Port { get; init; } = DefaultPort;
    public required CollectorTls Tls { get; init; }

    /// <summary>IANA's private enterprise number of whoever runs Bascule.</summary>
    public long Enterprise { get; init; } = ExampleEnterprise;

    /// <summary>A longer entry is not sent whole.</summary>
    public int MaxMessageBytes { get; init; } = DefaultMessage;

    /// <summary>From connecting to the end of the stream, for one batch.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    public TimeProvider Time { get; init; } = TimeProvider.System;
    public NameResolver Resolver { get; init; } = OutboundConnect.ResolveBySystemAsync;

    public ICollector Open() => new SyslogCollector(this);

    internal static SyslogOptions? Read(SettingReader settings, ConnectionHost host)
    {
        var address = ReadAddress(settings);
        var tls = CollectorTls.Read(settings, host);
        var enterprise = settings.Number("enterprise_number", 1, uint.MaxValue);
        var largest = settings.Number("max_message_bytes", SmallestMessage, LargestMessage);
        return address is null
            ? null
            : new SyslogOptions
            {
                Host = address.IdnHost,
                Port = address.Port,
                Tls = tls,
                Enterprise = enterprise ?? ExampleEnterprise,
                MaxMessageBytes = (int)(largest ?? DefaultMessage),
                Time = host.Time,
            };
    }

    /// <summary>A host and a port, by the rules of every address that Bascule calls; the port may be left out.</summary>
    private static Uri? ReadAddress(SettingReader settings)
    {
        if (settings.RequiredText("address", AddressRemedy) is not { } text)
            return null;
        var hasPort = text.LastIndexOf(':') > text.LastIndexOf(']');
        var read = OutboundUrl.Read($"https://{text}{(hasPort ? "" : $":{DefaultPort}")}");
        if (!read.Failed(out var problem) && read.Value.AbsolutePath == "/")
            return read.Value;
        settings.Refuse("address", problem?.Message ?? "is more than a host and a port", AddressRemedy);
        return null;
    }
}
