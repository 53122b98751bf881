using System.Globalization;
using System.Text.Json;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Connectors.Collectors.Otlp;

/// <summary>
/// Log records over OTLP/HTTP. The answer says how many records were rejected, never which: then the batch is sent in smaller parts, down to one entry, so that the
/// one can be told from the others. What was accepted before arrives twice, and its index says so.
/// </summary>
/// <param name="options">The address without <c>/v1/logs</c>.</param>
internal sealed class OtlpCollector(HttpOptions options) : ICollector
{
    private const int MaxSaid = 300;
    private readonly CollectorPost _post = new(options, $"{options.Url.AbsolutePath.TrimEnd('/')}/v1/logs");

    public string Kind => "otlp";

    public string Target => _post.Target;

    public int MaxEntries => 500;

    public int MaxBytes => 1024 * 1024;

    public Task<Sent> SendAsync(IReadOnlyList<ShippedEntry> batch, CancellationToken cancellationToken) =>
        _post.SendAsync(OtlpLogs.Write(batch, options.Time.GetUtcNow()), "application/json", Judge, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _post.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A success without the answer that OTLP asks for is somebody else's, a gateway's say, and acknowledges nothing.</summary>
    private Sent Judge(OutboundAnswer answer)
    {
        if (answer.Body.IsEmpty)
            return new Sent.Acknowledged();
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Judge(document.RootElement)
                : Stranger(answer);
        }
        catch (JsonException)
        {
            return Stranger(answer);
        }
    }

    private Sent Judge(JsonElement answer)
    {
        if (!answer.TryGetProperty("partialSuccess", out var partial) || partial.ValueKind != JsonValueKind.Object)
            return new Sent.Acknowledged();
        var said =
            partial.TryGetProperty("errorMessage", out var message) && message.ValueKind == JsonValueKind.String
                ? StatusProblem.Clean(message.GetString()!)
                : "";
        said = said.Length > MaxSaid ? said[..MaxSaid] : said;
        var rejected = partial.TryGetProperty("rejectedLogRecords", out var count) ? Read(count) : 0;
        return rejected == 0
            ? new Sent.Acknowledged(said.Length == 0 ? null : said)
            : new Sent.Refused(Problem.Invalid($"{Target}: {rejected} rejected: \"{said}\""), IsFinal: true);
    }

    /// <summary>A string by the encoding of 64-bit integers; some write a number. What is neither rejects: nobody knows what it means.</summary>
    private static long Read(JsonElement count) =>
        count.ValueKind switch
        {
            JsonValueKind.Number when count.TryGetInt64(out var number) => number,
            JsonValueKind.String
                when long.TryParse(
                    count.GetString(),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var number
                ) => number,
            JsonValueKind.Null => 0,
            _ => 1,
        };

    private Sent.Unknown Stranger(OutboundAnswer answer) =>
        new(
            Problem.Unavailable(
                $"{Target}: it answered {answer.Status} with {(answer.MediaType.Length == 0 ? "something" : answer.MediaType)} that is no answer of OTLP; correct url"
            )
        );
}
