using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Identity.Tokens;

namespace Bascule.Connectors.Issuers;

/// <summary>What an issuer published at one moment.</summary>
internal sealed record IssuerSnapshot(ProviderMetadata Metadata, TokenKeySet Keys);

/// <summary>Fetches the two documents of one issuer. Used by one flight at a time.</summary>
internal sealed class IssuerClient(IssuerOptions options, TimeProvider time, Action<string>? detail) : IDisposable
{
    private const int MaxDiscovery = 256 * 1024;
    private const int MaxKeySet = 512 * 1024; // a dozen keys with their certificates have 30 KiB
    private readonly OutboundClient _issuer = options.Connect(new Uri(options.Issuer.Url.Text), time, detail);
    private OutboundClient? _keys;
    private Uri? _keyOrigin;

    public async Task<Result<IssuerSnapshot>> FetchAsync(CancellationToken cancellationToken)
    {
        var request = OutboundRequest.Get("/.well-known/openid-configuration", "read its discovery document") with
        {
            MaxAnswerBytes = MaxDiscovery,
        };
        var said = await _issuer.ReadAsync(request, DiscoveryJson.Default.DiscoveryPayload, cancellationToken);
        if (said.Failed(out var silent))
            return Unavailable(silent);
        var metadata = Discovery.Check(said.Value, options);
        if (metadata.Failed(out var refused))
            return refused;
        var keys = await FetchKeysAsync(metadata.Value.Keys, cancellationToken);
        return keys.Failed(out var none) ? none : new IssuerSnapshot(metadata.Value, keys.Value);
    }

    public void Dispose()
    {
        _issuer.Dispose();
        _keys?.Dispose();
    }

    private async Task<Result<TokenKeySet>> FetchKeysAsync(Uri address, CancellationToken cancellationToken)
    {
        var request = OutboundRequest.Get(address.PathAndQuery, "read its keys") with { MaxAnswerBytes = MaxKeySet };
        var sent = await ClientFor(address).SendAsync(request, cancellationToken);
        if (sent.Failed(out var silent))
            return Unavailable(silent);
        if (sent.Value.AsProblem() is { } status)
            return Unavailable(status);
        var keys = TokenKeySet.Read(sent.Value.Body);
        return keys.Failed(out var unreadable) ? Problem.Unavailable($"{options.Subject}: {unreadable.Message}") : keys;
    }

    private OutboundClient ClientFor(Uri address)
    {
        if (_keys is { } known && _keyOrigin is { } origin && OutboundUrl.SameOrigin(origin, address))
            return known;
        _keys?.Dispose();
        _keyOrigin = address;
        return _keys = options.Connect(new Uri(address.GetLeftPart(UriPartial.Authority)), time, detail);
    }

    /// <summary>Whatever it was, to the one who shows a token it is that nothing can be checked now.</summary>
    private static Problem Unavailable(Problem why) => Problem.Unavailable(why.Message, why.RetryAfter);
}
