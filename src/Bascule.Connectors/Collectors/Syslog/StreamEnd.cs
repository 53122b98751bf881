using System.Buffers.Binary;
using System.Net.Sockets;

namespace Bascule.Connectors.Collectors.Syslog;

/// <summary>
/// Tells whether the other side has read a TCP stream to its end. A program may close a connection without having read what came, for instance when it does not
/// like the name in our certificate; TLS looks the same then. TCP does not: whatever was left unread, or comes after the close, is answered by a reset and is
/// never acknowledged (RFC 1122 section 4.2.2.13).
/// </summary>
internal static class StreamEnd
{
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int TcpInfo = 11; // TCP_INFO of Linux
    private const int Unacknowledged = 24; // tcpi_unacked: segments
    private const int NotSent = 144; // tcpi_notsent_bytes
    private const byte Established = 1;
    private const byte CloseWait = 8;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <summary>Ends our side. To be asked when the other has ended the TLS that the stream carries.</summary>
    /// <exception cref="SocketException">The other side has reset the connection.</exception>
    public static async Task<bool> WasReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var seen = Read(socket);
        while (seen.IsOpen && !seen.IsAcknowledged)
        {
            await Task.Delay(Look, cancellationToken);
            seen = Read(socket);
        }
        if (!seen.IsOpen)
            return false;
        socket.Shutdown(SocketShutdown.Send);
        var rest = new byte[256];
        while (await socket.ReceiveAsync(rest, cancellationToken) > 0) { }
        return true;
    }

    private static (bool IsOpen, bool IsAcknowledged) Read(Socket socket)
    {
        var info = new byte[256];
        var length = socket.GetRawSocketOption(TcpLevel, TcpInfo, info);
        var isOpen = info[0] is Established or CloseWait;
        var notSent = length >= NotSent + 4 ? Number(info, NotSent) : 0;
        return (isOpen, isOpen && Number(info, Unacknowledged) == 0 && notSent == 0);
    }

    private static uint Number(byte[] info, int place) =>
        BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt32LittleEndian(info.AsSpan(place))
            : BinaryPrimitives.ReadUInt32BigEndian(info.AsSpan(place));
}
