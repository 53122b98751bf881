namespace Bascule.Core.Identity.Tokens;

/// <summary>Verifies tokens that are good once: the second of two, on whichever replica, is refused (THREATS T31).</summary>
public sealed class SingleUseVerifier(TokenVerifier verifier, IUsedTokens used)
{
    /// <summary>As <see cref="TokenVerifier.VerifyAsync"/>; Conflict when the token was used before for the same purpose.</summary>
    public async Task<Result<VerifiedToken>> VerifyAsync(
        Secret token,
        TokenExpectation expectation,
        string purpose,
        CancellationToken cancellationToken
    )
    {
        var verified = await verifier.VerifyAsync(token, expectation, cancellationToken);
        if (verified.Failed(out _))
            return verified;
        var once = await used.UseAsync(verified.Value.UseFor(purpose), cancellationToken);
        return once.Failed(out var usedBefore) ? usedBefore : verified;
    }
}
