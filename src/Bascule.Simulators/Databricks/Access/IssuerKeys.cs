using System.Text.Json;

namespace Bascule.Simulators.Databricks.Access;

/// <summary>Finds an issuer's keys: inline, at a given address, or through OpenID discovery over https.</summary>
internal sealed class IssuerKeys : IDisposable
{
    private const int LargestDocument = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http;

    public IssuerKeys(string? trustedCaPem)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        if (trustedCaPem is not null)
            handler.SslOptions = LoopbackAuthority.Trusting(trustedCaPem);
        _http = new HttpClient(handler) { MaxResponseContentBufferSize = LargestDocument, Timeout = Patience };
    }

    public void Dispose() => _http.Dispose();

    public async Task<FoundKeys> FindAsync(FederationPolicy policy, CancellationToken cancellationToken)
    {
        try
        {
            if (policy.JwksJson is { } inline)
                return new(JsonWebKeys.Parse(inline), null);
            var address = policy.JwksUri ?? await DiscoverAsync(policy.Issuer, cancellationToken);
            return new(JsonWebKeys.Parse(await GetAsync(address, cancellationToken)), null);
        }
        catch (Exception error)
            when (error is HttpRequestException or JsonException or UriFormatException or InvalidOperationException
                || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return new([], $"Keys of issuer '{policy.Issuer}': {error.Message}");
        }
    }

    private async Task<string> DiscoverAsync(string issuer, CancellationToken cancellationToken)
    {
        var text = await GetAsync(issuer.TrimEnd('/') + "/.well-known/openid-configuration", cancellationToken);
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        // OpenID Connect Discovery section 4.3: the document must name the issuer it was fetched for.
        if (root.GetProperty("issuer").GetString() != issuer)
            throw new JsonException("the discovery document names another issuer");
        return root.GetProperty("jwks_uri").GetString() ?? throw new JsonException("no jwks_uri");
    }

    private async Task<string> GetAsync(string address, CancellationToken cancellationToken)
    {
        using var reply = await _http.GetAsync(new Uri(address), cancellationToken);
        if (reply.StatusCode != System.Net.HttpStatusCode.OK)
            throw new HttpRequestException($"{address} answered {(int)reply.StatusCode}");
        return await reply.Content.ReadAsStringAsync(cancellationToken);
    }
}

/// <summary>Keys, or why there are none.</summary>
internal sealed record FoundKeys(IReadOnlyList<JsonWebKey> Keys, string? Fault);
