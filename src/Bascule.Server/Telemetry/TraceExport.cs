using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Bascule.Server.Telemetry;

/// <summary>Sends spans to a collector, in batches, from a thread of its own. When the collector is away they are dropped; nothing waits for it.</summary>
internal static class TraceExport
{
    /// <summary>An export that hangs is given up, and what it held is lost.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public static TracerProvider To(Uri collector) =>
        Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService("bascule", serviceVersion: Version))
            .AddSource(Spans.SourceName)
            .AddOtlpExporter(options =>
            {
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
                // Set in code, the path is not appended by the exporter.
                options.Endpoint = new Uri(collector.AbsoluteUri.TrimEnd('/') + "/v1/traces");
                options.TimeoutMilliseconds = (int)Longest.TotalMilliseconds;
                options.HttpClientFactory = Client;
            })
            .Build();

    /// <summary>Spans go where the settings say, and nowhere else that an answer names.</summary>
    private static HttpClient Client() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Longest };

    private static string? Version =>
        typeof(Spans).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}
