namespace Bascule.Core.Identity.Tokens;

/// <summary>What a token is for. One kind is never taken for another (THREATS T43, RFC 8725 section 3.11).</summary>
public enum TokenKind
{
    /// <summary>OpenID Connect Core section 2: tells a client who has signed in.</summary>
    IdToken,

    /// <summary>RFC 9068: <c>at+jwt</c>, for calls to a resource.</summary>
    AccessToken,

    /// <summary>OpenID Connect Back-Channel Logout 1.0 section 2.4: ends sessions.</summary>
    LogoutToken,

    /// <summary>
    /// What a platform or a cloud hands to a workload to show elsewhere (RFC 8693 <c>subject_token</c>): an id token or a JWT access token, as its issuer
    /// likes. For exchange only.
    /// </summary>
    WorkloadToken,
}
