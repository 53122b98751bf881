using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Secrets;

namespace Bascule.Simulators.Collectors;

/// <summary>
/// A strict stand-in for an OpenTelemetry collector's OTLP/HTTP receiver of logs, in the JSON encoding. Follows https://opentelemetry.io/docs/specs/otlp/ and
/// opentelemetry/proto/logs/v1/logs.proto. Stricter than most receivers: a field that it does not know, an integer of 64 bits that is not a string, or an id
/// that is not hex refuses the request.
/// </summary>
public sealed class OtlpLogReceiver : SimulatedService
{
    public const string Label = "OTLP log receiver simulator";
    private readonly ConcurrentQueue<OtlpLogRecord> _received = new();
    private readonly ConcurrentQueue<(int Status, string Body)> _instead = new();

    private OtlpLogReceiver(LoopbackAuthority authority)
        : base(authority, TimeProvider.System) { }

    /// <summary>What it has accepted, in its order.</summary>
    public IReadOnlyList<OtlpLogRecord> Received => [.. _received];

    /// <summary>Records that it counts as rejected in an answer of partial success; it takes the others.</summary>
    public Func<OtlpLogRecord, bool> Rejects { get; set; } = _ => false;

    /// <summary>What the Authorization header must be; null for anything.</summary>
    public string? Authorization { get; set; }

    public static async Task<OtlpLogReceiver> StartAsync(LoopbackAuthority authority)
    {
        var receiver = new OtlpLogReceiver(authority);
        await receiver.ListenAsync(CancellationToken.None);
        return receiver;
    }

    /// <summary>The next request gets this answer, and nothing of it is taken.</summary>
    public void AnswerNext(int status, string body = "{}") => _instead.Enqueue((status, body));

    private protected override Task<ServiceAnswer> AnswerAsync(
        ServiceRequest request,
        CancellationToken cancellationToken
    ) => Task.FromResult(Answer(request));

    private ServiceAnswer Answer(ServiceRequest request)
    {
        if (_instead.TryDequeue(out var instead))
            return new ServiceAnswer(instead.Status, instead.Body);
        if (request.Method != "POST" || request.Path != "/v1/logs")
            return Fault(404, "POST to /v1/logs");
        if (Authorization is { } wanted && request.Header("Authorization") != wanted)
            return Fault(401, "who are you?");
        if (request.Http.ContentType != "application/json" || request.Json() is not { } body)
            return Fault(415, "send JSON as application/json");
        try
        {
            return Take(OtlpLogShape.Read(body));
        }
        catch (FormatException wrong)
        {
            return Fault(400, wrong.Message);
        }
    }

    private ServiceAnswer Take(IReadOnlyList<OtlpLogRecord> records)
    {
        var rejected = records.Where(Rejects).ToList();
        foreach (var record in records.Except(rejected))
            _received.Enqueue(record);
        if (rejected.Count == 0)
            return ServiceAnswer.Json(200, new JsonObject { ["partialSuccess"] = new JsonObject() });
        var partial = new JsonObject
        {
            ["rejectedLogRecords"] = rejected.Count.ToString(CultureInfo.InvariantCulture),
            ["errorMessage"] = "body is not wanted",
        };
        return ServiceAnswer.Json(200, new JsonObject { ["partialSuccess"] = partial });
    }

    private static ServiceAnswer Fault(int status, string message) =>
        ServiceAnswer.Json(status, new JsonObject { ["code"] = 3, ["message"] = message });
}

/// <summary>A log record as it was received.</summary>
/// <param name="Attributes">Values as the encoding writes them; integers as their digits.</param>
public sealed record OtlpLogRecord(
    string? Time,
    int Severity,
    string Body,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyDictionary<string, string> Resource,
    string? TraceId
);
