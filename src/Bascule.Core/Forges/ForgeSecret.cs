namespace Bascule.Core.Forges;

/// <summary>What Bascule shows a forge to be let in.</summary>
/// <param name="Token">For the API, and for git where there is no password that git takes; empty as long as it is only planned.</param>
public sealed record ForgeSecret(Secret Token)
{
    /// <summary>The login that the password belongs to; null where the token is all there is.</summary>
    public string? Account { get; init; }

    /// <summary>With it the forge lets new tokens be made (Gitea, Forgejo), or it is itself what is replaced (Gogs).</summary>
    public Secret? Password { get; init; }

    /// <summary>The forge's number for the token; null where it has none, or the token was made by somebody else.</summary>
    public long? TokenId { get; init; }

    /// <summary>The name under which the forge lists the token that Bascule made.</summary>
    public string? TokenName { get; init; }

    /// <summary>A record would print the account and the names.</summary>
    public override string ToString() => "***";
}
