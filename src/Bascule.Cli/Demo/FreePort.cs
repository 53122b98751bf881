using System.Net;
using System.Net.Sockets;

namespace Bascule.Cli.Demo;

/// <summary>A port that nobody has at the moment. The settings name it before it is taken, because it is part of the issuer's address.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
