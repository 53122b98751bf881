using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Collectors;

/// <summary>A collector that is posted to.</summary>
public sealed record HttpOptions
{
    public required Uri Url { get; init; }
    public required CollectorTls Tls { get; init; }

    /// <summary>For <c>Authorization: Bearer</c>; null for none.</summary>
    public Secret? Token { get; init; }

    /// <summary>Sent as they are, for collectors that want their credential elsewhere.</summary>
    public IReadOnlyDictionary<string, Secret> Headers { get; init; } = new Dictionary<string, Secret>();
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal static HttpOptions? Read(SettingReader settings, ConnectionHost host, string example)
    {
        var url = settings.RequiredUrl("url", example);
        var tls = CollectorTls.Read(settings, host);
        var token = settings.Find("token") is null ? null : settings.RequiredSecret("token", host);
        var headers = ReadHeaders(settings, host);
        if (settings.Find("token") is not null && headers.Keys.Any(IsAuthorization))
            settings.Refuse("token", "stands beside a header Authorization", "keep one of them");
        return url is null
            ? null
            : new HttpOptions
            {
                Url = url,
                Tls = tls,
                Token = token,
                Headers = headers,
                Time = host.Time,
            };
    }

    private static Dictionary<string, Secret> ReadHeaders(SettingReader settings, ConnectionHost host)
    {
        Dictionary<string, Secret> headers = new(StringComparer.OrdinalIgnoreCase);
        if (settings.Map("headers") is not { } map)
            return headers;
        foreach (var name in map.Keys)
            if (!IsName(name))
                map.Refuse(name, "is not the name of a header of yours", "write e.g. X-Api-Key: \"file:/path\"");
            else if (map.RequiredSecret(name, host) is { } secret)
                headers[name] = secret;
        return headers;
    }

    /// <summary>A token of RFC 9110 section 5.6.2 that does not change what is sent, or how.</summary>
    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
        && !name.StartsWith("content-", StringComparison.OrdinalIgnoreCase)
        && !Forbidden.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool IsAuthorization(string name) =>
        name.Equals("Authorization", StringComparison.OrdinalIgnoreCase);

    private static readonly string[] Forbidden =
    [
        "Host",
        "Connection",
        "Transfer-Encoding",
        "Upgrade",
        "Expect",
        "TE",
        "Trailer",
        "User-Agent",
        "Accept",
        "Cookie",
    ];
}
