using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bascule.Core;

namespace Bascule.Connectors.Outbound;

/// <summary>One call. Good for one sending: a second attempt makes a new one.</summary>
/// <param name="Path">Starts with a slash and is appended to the server's address; values in it are encoded (<see cref="OutboundPath"/>).</param>
/// <param name="Doing">What the call is for, as messages say it after "cannot", e.g. <c>list webhooks of ml/churn</c>.</param>
public sealed record OutboundRequest(HttpMethod Method, string Path, string Doing)
{
    /// <summary>The value of the Authorization header; null for the connection's own.</summary>
    public Secret? Authorization { get; init; }

    /// <summary>Headers beside Authorization, for servers that want their credential elsewhere.</summary>
    public IReadOnlyDictionary<string, Secret> Headers { get; init; } = new Dictionary<string, Secret>();

    public HttpContent? Content { get; init; }

    public string Accept { get; init; } = "application/json";

    /// <summary>Null for the connection's bound.</summary>
    public int? MaxAnswerBytes { get; init; }

    /// <summary>Null for the connection's bound.</summary>
    public TimeSpan? Timeout { get; init; }

    public static OutboundRequest Get(string path, string doing) => new(HttpMethod.Get, path, doing);

    public static OutboundRequest Send<T>(HttpMethod method, string path, string doing, T body, JsonTypeInfo<T> type) =>
        new(method, path, doing) { Content = Json(JsonSerializer.SerializeToUtf8Bytes(body, type)) };

    private static ByteArrayContent Json(byte[] body) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } };
}
