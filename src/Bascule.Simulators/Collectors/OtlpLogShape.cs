using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Bascule.Simulators.Collectors;

/// <summary>Reads an <c>ExportLogsServiceRequest</c> in the JSON encoding, and takes nothing that is not exactly that.</summary>
internal static partial class OtlpLogShape
{
    /// <exception cref="FormatException">It is something else; the message says where.</exception>
    public static IReadOnlyList<OtlpLogRecord> Read(JsonObject request)
    {
        List<OtlpLogRecord> records = [];
        Only(request, "the request", "resourceLogs");
        foreach (var resourceLogs in Objects(request, "resourceLogs"))
        {
            Only(resourceLogs, "resourceLogs", "resource", "scopeLogs", "schemaUrl");
            var resource = resourceLogs["resource"] is JsonObject named ? named : [];
            Only(resource, "resource", "attributes", "droppedAttributesCount");
            var attributes = Attributes(resource);
            foreach (var scopeLogs in Objects(resourceLogs, "scopeLogs"))
            {
                Only(scopeLogs, "scopeLogs", "scope", "logRecords", "schemaUrl");
                if (scopeLogs["scope"] is JsonObject scope)
                    Only(scope, "scope", "name", "version", "attributes", "droppedAttributesCount");
                records.AddRange(Objects(scopeLogs, "logRecords").Select(record => Record(record, attributes)));
            }
        }
        return records;
    }

    private static OtlpLogRecord Record(JsonObject record, IReadOnlyDictionary<string, string> resource)
    {
        Only(
            record,
            "logRecords",
            "timeUnixNano",
            "observedTimeUnixNano",
            "severityNumber",
            "severityText",
            "body",
            "attributes",
            "droppedAttributesCount",
            "flags",
            "traceId",
            "spanId",
            "eventName"
        );
        Matches(record, "timeUnixNano", Unsigned());
        Matches(record, "observedTimeUnixNano", Unsigned());
        Matches(record, "traceId", TraceId());
        Matches(record, "spanId", SpanId());
        var severity =
            record["severityNumber"] is JsonValue number
            && number.TryGetValue<int>(out var level)
            && level is >= 1 and <= 24
                ? level
                : throw new FormatException("severityNumber is no integer from 1 to 24");
        if (record["body"] is not JsonObject body)
            throw new FormatException("a record has no body");
        return new OtlpLogRecord(
            (string?)record["timeUnixNano"],
            severity,
            Value(body),
            Attributes(record),
            resource,
            (string?)record["traceId"]
        );
    }

    private static Dictionary<string, string> Attributes(JsonObject owner)
    {
        Dictionary<string, string> attributes = [];
        if (owner["attributes"] is null)
            return attributes;
        foreach (var pair in Objects(owner, "attributes"))
        {
            Only(pair, "attributes", "key", "value");
            var key = pair["key"]?.GetValueKind() == JsonValueKind.String ? (string)pair["key"]! : "";
            if (key.Length == 0 || pair["value"] is not JsonObject value || !attributes.TryAdd(key, Value(value)))
                throw new FormatException($"attribute '{key}' is empty, without a value, or there twice");
        }
        return attributes;
    }

    /// <summary>Of <c>AnyValue</c>, the two that are of use here.</summary>
    private static string Value(JsonObject value)
    {
        if (value.Count != 1)
            throw new FormatException("a value is not exactly one of its kinds");
        Only(value, "value", "stringValue", "intValue");
        Matches(value, "intValue", Signed());
        var (_, content) = value.First();
        return content?.GetValueKind() == JsonValueKind.String
            ? (string)content!
            : throw new FormatException("a value is no text");
    }

    private static IEnumerable<JsonObject> Objects(JsonObject owner, string name) =>
        owner[name] is JsonArray list
            ? list.Select(item => item as JsonObject ?? throw new FormatException($"{name} holds what is no object"))
            : throw new FormatException($"{name} is no list");

    private static void Only(JsonObject map, string name, params string[] known)
    {
        if (map.Select(member => member.Key).Except(known).FirstOrDefault() is { } strange)
            throw new FormatException($"{name} has no field '{strange}'");
    }

    private static void Matches(JsonObject map, string name, Regex form)
    {
        if (map[name] is { } value && (value.GetValueKind() != JsonValueKind.String || !form.IsMatch((string)value!)))
            throw new FormatException($"{name} is not written as the encoding has it");
    }

    [GeneratedRegex(@"\A[0-9]{1,20}\z")]
    private static partial Regex Unsigned();

    [GeneratedRegex(@"\A-?[0-9]{1,19}\z")]
    private static partial Regex Signed();

    [GeneratedRegex(@"\A[0-9a-fA-F]{32}\z")]
    private static partial Regex TraceId();

    [GeneratedRegex(@"\A[0-9a-fA-F]{16}\z")]
    private static partial Regex SpanId();
}
