using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Bascule.Simulators;

namespace Bascule.Bench.Exchange;

/// <summary>Where forms are posted to.</summary>
/// <param name="CaPem">Whom the connection trusts; only for https.</param>
internal sealed record FormTarget(Uri Address, string? CaPem = null);

/// <summary>A connection that stays open and posts one form after the other, made beforehand.</summary>
internal sealed class FormConnection : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly Stream _stream;

    private FormConnection(Stream stream) => _stream = stream;

    public static async Task<FormConnection> OpenAsync(FormTarget target, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target.Address.Host, target.Address.Port, cancellationToken);
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (target.CaPem is not { } caPem)
            return new FormConnection(plain);
        var tls = new SslStream(plain);
        var options = LoopbackAuthority.Trusting(caPem);
        options.TargetHost = target.Address.Host;
        await tls.AuthenticateAsClientAsync(options, cancellationToken);
        return new FormConnection(tls);
    }

    public static byte[] Request(Uri address, string? authorization, string form)
    {
        var body = Encoding.ASCII.GetBytes(form);
        var login = authorization is null ? "" : $"Authorization: {authorization}\r\n";
        var head =
            $"POST {address.AbsolutePath} HTTP/1.1\r\nHost: {address.Authority}\r\n{login}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    /// <exception cref="InvalidOperationException">The answer is another than 200; the message has it.</exception>
    public async Task PostAsync(byte[] request, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(request, cancellationToken);
        var filled = 0;
        do
        {
            var read = await _stream.ReadAsync(_buffer.AsMemory(filled), cancellationToken);
            if (read == 0)
                throw new InvalidOperationException("the connection was closed before the answer was whole");
            filled += read;
        } while (!RawAnswer.IsWhole(_buffer.AsSpan(0, filled)));
        if (!_buffer.AsSpan(0, filled).StartsWith("HTTP/1.1 200"u8))
            throw new InvalidOperationException(Encoding.ASCII.GetString(_buffer, 0, filled));
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
