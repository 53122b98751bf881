using System.Net;
using System.Net.Sockets;

namespace Bascule.Cli.Demo;

/// <summary>Ports that nobody has at the moment. The settings name them before they are taken, because one is part of the issuer's address.</summary>
internal static class FreePort
{
    /// <summary>Two that differ: both are held until both are known.</summary>
    public static (int One, int Other) FindTwo()
    {
        using var one = Bind();
        using var other = Bind();
        return (PortOf(one), PortOf(other));
    }

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
