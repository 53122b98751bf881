using System.Globalization;
using System.Text;

namespace Bascule.Server.GitProxy;

/// <summary>What a packet of git's protocol is (gitprotocol-common, gitprotocol-v2): data, or one of three marks without data.</summary>
internal enum PktKind
{
    Data,

    /// <summary>0000, the end of a message.</summary>
    Flush,

    /// <summary>0001, between the sections of one.</summary>
    Delimiter,

    /// <summary>0002, the end of a response over a connection without state.</summary>
    ResponseEnd,
}

/// <summary>One packet: four hexadecimal digits of length, themselves counted, then at most 65,516 bytes (gitprotocol-common, "pkt-line Format").</summary>
/// <param name="Data">Without the length; a text packet may end in LF.</param>
internal readonly record struct PktLine(PktKind Kind, ReadOnlyMemory<byte> Data)
{
    public const int MaxData = 65_516;
    private const int Digits = 4;

    /// <summary>The data as text, without the LF that senders may leave out. Bytes that are no UTF-8 become U+FFFD, which no ref name of ours has.</summary>
    public string Text
    {
        get
        {
            var data = Data.Span;
            return Encoding.UTF8.GetString(data is [.., (byte)'\n'] ? data[..^1] : data);
        }
    }

    /// <summary>Null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">It is no packet, or it ends in the middle of one.</exception>
    public static async ValueTask<PktLine?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[Digits];
        var got = await stream.ReadAtLeastAsync(head, Digits, throwOnEndOfStream: false, cancellationToken);
        if (got == 0)
            return null;
        if (
            got < Digits
            || head.Any(digit => !char.IsAsciiHexDigit((char)digit))
            || !int.TryParse(head, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length)
        )
            throw new InvalidDataException("what was sent is not in git's packet format");
        if (length < Digits)
            return length switch
            {
                0 => new PktLine(PktKind.Flush, default),
                1 => new PktLine(PktKind.Delimiter, default),
                2 => new PktLine(PktKind.ResponseEnd, default),
                _ => throw new InvalidDataException("a packet has the length 3, which means nothing"),
            };
        if (length - Digits > MaxData)
            throw new InvalidDataException("a packet is longer than git allows");
        var data = new byte[length - Digits];
        await stream.ReadExactlyAsync(data, cancellationToken);
        return new PktLine(PktKind.Data, data);
    }

    public static PktLine Of(string text) => new(PktKind.Data, Encoding.UTF8.GetBytes(text));

    /// <exception cref="InvalidOperationException">There is more data than one packet holds.</exception>
    public void WriteTo(Stream stream)
    {
        if (Kind != PktKind.Data)
        {
            stream.Write(
                Kind switch
                {
                    PktKind.Flush => "0000"u8,
                    PktKind.Delimiter => "0001"u8,
                    _ => "0002"u8,
                }
            );
            return;
        }
        if (Data.Length > MaxData)
            throw new InvalidOperationException($"{Data.Length} bytes do not go into one packet");
        stream.Write(Encoding.ASCII.GetBytes((Data.Length + Digits).ToString("x4", CultureInfo.InvariantCulture)));
        stream.Write(Data.Span);
    }
}
