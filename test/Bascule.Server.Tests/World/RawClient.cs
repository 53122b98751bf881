using System.Net.Sockets;
using System.Text;

namespace Bascule.Server.Tests.World;

/// <summary>Sends exactly the bytes that a test writes down, and reads until the other side closes.</summary>
internal static class RawClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Everything that came back; nothing when the connection was just cut.</summary>
    public static Task<string> SendAsync(Uri address, string request) =>
        SendAsync(address, Encoding.Latin1.GetBytes(request));

    public static async Task<string> SendAsync(Uri address, byte[] request)
    {
        using var client = new TcpClient(address.Host, address.Port);
        var stream = client.GetStream();
        using var patience = new CancellationTokenSource(Patience);
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(request, patience.Token);
            await stream.CopyToAsync(answer, patience.Token);
        }
        catch (IOException)
        {
            // The server has hung up on us: what it said before counts.
        }
        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
