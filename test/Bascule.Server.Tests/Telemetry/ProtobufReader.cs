using System.Text;

namespace Bascule.Server.Tests.Telemetry;

/// <summary>Just enough of protobuf's wire format: fields of length-delimited type, everything else stepped over.</summary>
internal static class ProtobufReader
{
    public static string Text(byte[] message, int field) =>
        Encoding.UTF8.GetString(Messages(message, field).SingleOrDefault() ?? []);

    public static IEnumerable<byte[]> Messages(byte[] message, int field)
    {
        for (var at = 0; at < message.Length; )
        {
            var tag = Varint(message, ref at);
            var length = (tag & 7) switch
            {
                0 => VarintLength(message, at),
                1 => 8,
                2 => (int)Varint(message, ref at),
                5 => 4,
                _ => throw new InvalidDataException($"wire type {tag & 7}"),
            };
            if ((int)(tag >> 3) == field && (tag & 7) == 2)
                yield return message[at..(at + length)];
            at += length;
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }

    private static int VarintLength(byte[] message, int at)
    {
        var end = at;
        _ = Varint(message, ref end);
        return end - at;
    }
}
