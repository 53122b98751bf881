using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Simulators.Secrets;

namespace Bascule.Simulators.Collectors;

/// <summary>A strict stand-in for a collector that takes JSON lines by POST: each line one object, each line ended, and no more than is said.</summary>
public sealed class LineReceiver : SimulatedService
{
    public const string Label = "JSON line receiver simulator";
    private readonly ConcurrentQueue<JsonObject> _received = new();
    private readonly ConcurrentQueue<int> _instead = new();

    private LineReceiver(LoopbackAuthority authority)
        : base(authority, TimeProvider.System) { }

    public IReadOnlyList<JsonObject> Received => [.. _received];

    /// <summary>A request with a line of which this is true is refused whole, with 422.</summary>
    public Func<JsonObject, bool> Refuses { get; set; } = _ => false;

    /// <summary>Headers that each request must have.</summary>
    public IReadOnlyDictionary<string, string> Demands { get; set; } = new Dictionary<string, string>();

    public static async Task<LineReceiver> StartAsync(LoopbackAuthority authority)
    {
        var receiver = new LineReceiver(authority);
        await receiver.ListenAsync(CancellationToken.None);
        return receiver;
    }

    /// <summary>The next request is answered so, and nothing of it is taken.</summary>
    public void AnswerNext(int status) => _instead.Enqueue(status);

    private protected override Task<ServiceAnswer> AnswerAsync(
        ServiceRequest request,
        CancellationToken cancellationToken
    ) => Task.FromResult(Answer(request));

    private ServiceAnswer Answer(ServiceRequest request)
    {
        if (_instead.TryDequeue(out var status))
            return new ServiceAnswer(status, "not now");
        if (request.Method != "POST" || request.Path != "/ingest/bascule")
            return new ServiceAnswer(404, "");
        if (Demands.Any(demand => request.Header(demand.Key) != demand.Value))
            return new ServiceAnswer(401, "");
        if (request.Http.ContentType != "application/x-ndjson" || Read(request.Body) is not { } lines)
            return new ServiceAnswer(400, "these are no JSON lines");
        if (lines.Any(Refuses))
            return new ServiceAnswer(422, "a line is not wanted");
        foreach (var line in lines)
            _received.Enqueue(line);
        return new ServiceAnswer(202, "");
    }

    /// <summary>Null when a line is no object, or the last one is not ended.</summary>
    private static List<JsonObject>? Read(byte[] body)
    {
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
        if (!text.EndsWith('\n'))
            return null;
        List<JsonObject> lines = [];
        foreach (var line in text[..^1].Split('\n'))
            try
            {
                lines.Add(JsonNode.Parse(line)!.AsObject());
            }
            catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
            {
                return null;
            }
        return lines;
    }
}
