using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Bascule.Testing.Stage;

/// <summary>
/// A port that nobody has, from below the range that outgoing connections are given: it is still free when a killed server comes back for it.
/// </summary>
public static class LoopbackPort
{
    public static int Find()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(11_000, 31_000);
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next draw will do.
            }
        }
    }
}
