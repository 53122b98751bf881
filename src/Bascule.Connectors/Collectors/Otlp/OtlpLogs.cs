using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Connectors.Collectors.Otlp;

/// <summary>
/// Entries as <c>ExportLogsServiceRequest</c> in the JSON encoding of OTLP: field names in lower camel case, 64-bit integers as strings. (OTLP 1.x, "JSON
/// Protobuf Encoding".)
/// </summary>
internal static class OtlpLogs
{
    /// <summary>SEVERITY_NUMBER_INFO2: syslog's notice, by the mapping of the OpenTelemetry log data model.</summary>
    private const int Severity = 10;

    public static byte[] Write(IReadOnlyList<ShippedEntry> batch, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceLogs");
            json.WriteStartObject();
            json.WriteStartObject("resource");
            json.WriteStartArray("attributes");
            Text(json, "service.name", "bascule");
            Text(json, "host.name", Environment.MachineName);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartArray("scopeLogs");
            json.WriteStartObject();
            json.WriteStartObject("scope");
            json.WriteString("name", "bascule.audit");
            json.WriteEndObject();
            json.WriteStartArray("logRecords");
            foreach (var entry in batch)
                Record(json, entry, now);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Record(Utf8JsonWriter json, ShippedEntry entry, DateTimeOffset now)
    {
        json.WriteStartObject();
        if (entry.Time is { } time)
            json.WriteString("timeUnixNano", Nanoseconds(time));
        json.WriteString("observedTimeUnixNano", Nanoseconds(now));
        json.WriteNumber("severityNumber", Severity);
        json.WriteString("severityText", "NOTICE");
        if (entry.Delivery is { } delivery)
            json.WriteString("traceId", TraceOf(delivery));
        json.WriteStartObject("body");
        json.WriteString("stringValue", LineSafe.Text(entry.Canonical.Span));
        json.WriteEndObject();
        json.WriteStartArray("attributes");
        Text(json, "event.name", entry.Type);
        Number(json, "bascule.audit.index", entry.Index);
        Text(json, "bascule.audit.leaf_hash", entry.LeafHash);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string key, string value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteStartObject("value");
        json.WriteString("stringValue", value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string key, long value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteStartObject("value");
        json.WriteString("intValue", value.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>As the traces of a delivery are named, so that a collector shows both together: docs/operations/monitoring.md.</summary>
    private static string TraceOf(string delivery) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(delivery)).AsSpan(0, 16));

    private static string Nanoseconds(DateTimeOffset time) =>
        ((time - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);
}
