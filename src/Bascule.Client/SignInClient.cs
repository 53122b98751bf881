using System.Net.Http.Headers;
using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Client;

/// <summary>How the command line gets a session, and ends it.</summary>
/// <param name="caFile">PEM certificates to trust instead of the system's; null for the system's.</param>
public sealed class SignInClient(Uri server, string? caFile) : IDisposable
{
    private readonly Exchange _exchange = new(server, isLocal: false, token: null, caFile);

    public async Task<Result<SignInProviderList>> ListProvidersAsync(CancellationToken cancellationToken)
    {
        var body = await _exchange.SendAsync(HttpMethod.Get, "sign-in", cancellationToken);
        return body.Failed(out var problem) ? problem : Read(body.Value, ApiJson.Default.SignInProviderList);
    }

    /// <summary>Unauthenticated or Denied when Bascule does not let the person in.</summary>
    public async Task<Result<SessionRecord>> BeginAsync(SessionRequest request, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(
            JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.SessionRequest)
        );
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var body = await _exchange.SendAsync(HttpMethod.Post, "sessions", cancellationToken, content);
        return body.Failed(out var problem) ? problem : Read(body.Value, ApiJson.Default.SessionRecord);
    }

    public async Task<Result<Done>> EndAsync(Secret session, CancellationToken cancellationToken)
    {
        using var exchange = new Exchange(server, isLocal: false, session, caFile);
        var ended = await exchange.SendAsync(HttpMethod.Delete, "sessions/current", cancellationToken);
        return ended.Failed(out var problem) ? problem : Result.Done;
    }

    public void Dispose() => _exchange.Dispose();

    private Result<T> Read<T>(byte[] body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) is { } value ? value : _exchange.Stranger();
        }
        catch (JsonException)
        {
            return _exchange.Stranger();
        }
    }
}
