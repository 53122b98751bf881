using Bascule.Core;
using Bascule.Core.Identity.Tokens;

namespace Bascule.Server.Issuers;

/// <summary>Gives no key of an issuer that nobody has confirmed, so that none of its tokens is good for anything, and asks it for nothing (THREATS T145).</summary>
internal sealed class ConfirmedIssuerKeys(IIssuerKeys keys, IssuerTrust trust) : IIssuerKeys
{
    public async Task<Result<TokenKey>> FindAsync(
        TrustedIssuer issuer,
        string? keyId,
        TokenAlgorithm algorithm,
        CancellationToken cancellationToken
    ) =>
        await trust.FindFaultAsync(issuer.Url.Text, cancellationToken) is { } fault
            ? fault
            : await keys.FindAsync(issuer, keyId, algorithm, cancellationToken);
}
