using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Bascule.Testing.Stage;

/// <summary>
/// A port that nobody has, from below the range that outgoing connections are given: it is still free when a killed server comes back for it.
/// None is given out twice: whoever was given it may not listen yet.
/// </summary>
public static class LoopbackPort
{
    private static readonly ConcurrentDictionary<int, bool> Given = [];

    public static int Find()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(11_000, 31_000);
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                if (Given.TryAdd(port, true))
                    return port;
            }
            catch (SocketException)
            {
                // Taken: the next draw will do.
            }
        }
    }
}
