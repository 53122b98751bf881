namespace Bascule.Core.Identity.Tokens;

/// <summary>What a token must be to be good where it is shown.</summary>
public sealed record TokenExpectation(TokenKind Kind)
{
    /// <summary>The only issuer that counts here, as at the end of a sign-in that began at one; null for any trusted one.</summary>
    public string? Issuer { get; init; }

    /// <summary>One of these must be in <c>aud</c>. Null for the issuer's own list; an empty list is good for no token.</summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>Whether a token that is for others too is good (THREATS T25). An id token for several names us in <c>azp</c> besides.</summary>
    public bool AllowOtherAudiences { get; init; }

    /// <summary>What we sent when the sign-in began; an id token must bring it back.</summary>
    public string? Nonce { get; init; }

    /// <summary>The access token that came with an id token, for <c>at_hash</c>.</summary>
    public Secret? AccessToken { get; init; }

    /// <summary>How long ago the person may have proven who they are (<c>auth_time</c>); null for any time.</summary>
    public TimeSpan? MaxAuthenticationAge { get; init; }
}
