namespace Bascule.Core.Identity.Tokens;

/// <summary>The one list of issuers, for sign-in and for exchange alike (THREATS T47).</summary>
public sealed class TrustedIssuers
{
    private readonly Dictionary<string, TrustedIssuer> _byUrl;

    /// <exception cref="ArgumentException">Two have the same address; settings are checked before.</exception>
    public TrustedIssuers(IEnumerable<TrustedIssuer> issuers) =>
        _byUrl = issuers.ToDictionary(issuer => issuer.Url.Text, StringComparer.Ordinal);

    public IReadOnlyCollection<TrustedIssuer> All => _byUrl.Values;

    /// <summary>Letter for letter (THREATS T26).</summary>
    public TrustedIssuer? Find(string url) => _byUrl.GetValueOrDefault(url);
}
