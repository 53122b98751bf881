using Bascule.Connectors.Collectors;
using Bascule.Connectors.Collectors.Lines;
using Bascule.Connectors.Collectors.Otlp;
using Bascule.Core;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Connectors.Tests.Collectors;

/// <summary>Collectors of ours that post to a simulator.</summary>
internal static class HttpStage
{
    public static ICollector Otlp(SyslogStage stage, Uri url, string? token = null) =>
        new OtlpCollector(Options(stage, url, token));

    public static ICollector Lines(SyslogStage stage, Uri url, IReadOnlyDictionary<string, Secret>? headers = null) =>
        new HttpCollector(Options(stage, new Uri(url, "/ingest/bascule"), null, headers));

    private static HttpOptions Options(
        SyslogStage stage,
        Uri url,
        string? token,
        IReadOnlyDictionary<string, Secret>? headers = null
    ) =>
        new()
        {
            Url = url,
            Tls = stage.Nothing(),
            Token = token is null ? null : new Secret(token),
            Headers = headers ?? new Dictionary<string, Secret>(),
        };
}
