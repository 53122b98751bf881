using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Bascule.Simulators;
using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Intake;

/// <summary>Sends deliveries as somebody would who captured one, or who knows the secret.</summary>
internal sealed class HookPost(BasculeStage stage) : IDisposable
{
    private readonly HttpClient _http = new(Handler(stage.CaPem)) { Timeout = TimeSpan.FromMinutes(1) };

    public HttpClient Http => _http;

    /// <summary>As captured, byte for byte; under another delivery id when one is given, which no signature covers.</summary>
    public Task<HttpResponseMessage> ReplayAsync(ForgeDelivery captured, string? uuid = null) =>
        SendAsync(captured, captured.Body, value => value == captured.Uuid ? uuid ?? value : value);

    /// <summary>Another body under the same delivery id, signed as the forge would sign it.</summary>
    public Task<HttpResponseMessage> SignAsync(ForgeDelivery captured, string body, string secret)
    {
        var (was, now) = (Mac(captured.Body, secret), Mac(body, secret));
        return SendAsync(captured, body, value => value.Replace(was, now, StringComparison.Ordinal));
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(ForgeDelivery captured, string body, Func<string, string> change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, captured.Url);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach (var (name, value) in captured.Headers)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                request.Headers.TryAddWithoutValidation(name, change(value));
        }
        return await _http.SendAsync(request);
    }

    private static string Mac(string body, string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body)));

    private static SocketsHttpHandler Handler(string caPem) => new() { SslOptions = LoopbackAuthority.Trusting(caPem) };
}
