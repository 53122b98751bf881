namespace Bascule.Core.Forges;

/// <summary>The role of a forge that tells by OAuth2 whose account it is (Gitea, Forgejo; not Gogs): the authorization code grant with PKCE (RFC 7636).</summary>
public interface IAccountProof
{
    /// <summary>Whether the settings name a client; without one nobody is asked.</summary>
    bool CanProve { get; }

    /// <summary>Where the person goes to say that the account is theirs.</summary>
    /// <param name="redirect">Where they come back to; registered with the forge, letter for letter.</param>
    /// <param name="challenge">Of the verifier, by S256.</param>
    Uri ProofAddress(Uri redirect, Secret state, string challenge);

    /// <summary>
    /// Redeems the code, asks once who its account is, and forgets the token. Unauthenticated when the forge does not take the code, Unavailable when it cannot
    /// be asked.
    /// </summary>
    Task<Result<ForgeAccount>> ProveAsync(AccountCode code, CancellationToken cancellationToken);
}

/// <summary>What comes back from a forge, with what proves that it was asked for here.</summary>
/// <param name="Redirect">As it was sent.</param>
public sealed record AccountCode(Secret Code, Uri Redirect, Secret Verifier);
