using System.Globalization;
using System.Text;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Connectors.Collectors.Syslog;

/// <summary>Writes an entry as a message of RFC 5424 in a frame of RFC 5425 section 4.3.</summary>
/// <param name="hostName">Of this machine; cut and cleaned to what RFC 5424 section 6.2.4 takes.</param>
/// <param name="enterprise">The number in our SD-ID, <c>bascule@…</c>.</param>
/// <param name="maxBytes">Of a message, without its length in front.</param>
internal sealed class SyslogFrame(string hostName, int processId, long enterprise, int maxBytes)
{
    /// <summary>Facility 13, log audit, and severity 5, notice: RFC 5424 section 6.2.1.</summary>
    private const int Priority = 13 * 8 + 5;
    private const int MaxHostName = 255;
    private const int MaxMessageId = 32;
    private const string ByteOrderMark = "\uFEFF";
    private readonly string _host = Name(hostName, MaxHostName);

    /// <param name="sequence">Counts what this process has sent to this collector, from 1.</param>
    public byte[] Write(ShippedEntry entry, long sequence)
    {
        var whole = Message(entry, sequence, isCut: false, LineSafe.Text(entry.Canonical.Span));
        return Framed(whole.Length <= maxBytes ? whole : Message(entry, sequence, isCut: true, Shortened(entry)));
    }

    private byte[] Message(ShippedEntry entry, long sequence, bool isCut, string text)
    {
        var time = entry.Time is { } at
            ? at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            : "-";
        var data = string.Create(
            CultureInfo.InvariantCulture,
            $"[bascule@{enterprise} sequence=\"{sequence}\" index=\"{entry.Index}\" leaf_hash=\"{Value(entry.LeafHash)}\" type=\"{Value(entry.Type)}\"{(isCut ? " cut=\"true\"" : "")}]"
        );
        return Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"<{Priority}>1 {time} {_host} bascule {processId} {Name(entry.Type, MaxMessageId)} {data} {ByteOrderMark}{text}"
            )
        );
    }

    /// <summary>Says that it is not the entry; the leaf hash leads to it.</summary>
    private static string Shortened(ShippedEntry entry) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"cut":true,"entry_bytes":{{entry.Canonical.Length}},"index":{{entry.Index}},"leaf_hash":"{{entry.LeafHash}}","type":"{{entry.Type}}"}"""
        );

    private static byte[] Framed(byte[] message) =>
        [.. Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture)), (byte)' ', .. message];

    /// <summary>RFC 5424 section 6.3.3: these three, and nothing else.</summary>
    private static string Value(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("]", "\\]", StringComparison.Ordinal);

    /// <summary>Printable ASCII without a space; a dash where nothing is left.</summary>
    private static string Name(string text, int max)
    {
        var name = string.Concat(text.Where(letter => letter is > ' ' and < '\x7f').Take(max));
        return name.Length == 0 ? "-" : name;
    }
}
