using Bascule.Core;
using Bascule.Core.Identity.Tokens;

namespace Bascule.Connectors.Issuers;

/// <summary>The configured issuers, with their keys and endpoints. It calls no other server (THREATS T27). Safe to use from many tasks at once.</summary>
public sealed class IssuerDirectory : IIssuerKeys, IDisposable
{
    private readonly Dictionary<string, IssuerCache> _caches;

    /// <param name="detail">Told why an issuer did not answer and which keys are not used, for the operator's log.</param>
    /// <exception cref="ArgumentException">Two issuers have the same address; settings are checked before.</exception>
    public IssuerDirectory(IEnumerable<IssuerOptions> issuers, TimeProvider time, Action<string>? detail = null)
    {
        var all = issuers.ToList();
        Trusted = new TrustedIssuers(all.Select(options => options.Issuer));
        _caches = all.ToDictionary(
            options => options.Issuer.Url.Text,
            options => new IssuerCache(new IssuerClient(options, time, detail), options, time, detail),
            StringComparer.Ordinal
        );
    }

    public TrustedIssuers Trusted { get; }

    public Task<Result<TokenKey>> FindAsync(
        TrustedIssuer issuer,
        string? keyId,
        TokenAlgorithm algorithm,
        CancellationToken cancellationToken
    ) =>
        _caches.TryGetValue(issuer.Url.Text, out var cache)
            ? cache.FindKeyAsync(keyId, algorithm, cancellationToken)
            : Task.FromResult(Result.Failure<TokenKey>(NotConfigured(issuer.Url.Text)));

    /// <summary>Where to send a person who signs in, and what the issuer supports.</summary>
    /// <param name="issuer">Its address, letter for letter as configured.</param>
    public async Task<Result<ProviderMetadata>> ReadMetadataAsync(string issuer, CancellationToken cancellationToken)
    {
        if (!_caches.TryGetValue(issuer, out var cache))
            return NotConfigured(issuer);
        var read = await cache.ReadAsync(cancellationToken);
        return read.Failed(out var problem) ? problem : read.Value.Metadata;
    }

    public void Dispose()
    {
        foreach (var cache in _caches.Values)
            cache.Dispose();
    }

    private static Problem NotConfigured(string issuer) =>
        Problem.NotFound($"'{issuer}' is not a configured issuer; add it to the settings, or correct the address");
}
