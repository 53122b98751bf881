namespace Bascule.Core.Api;

/// <summary>Who holds tokens for git that are good now, newest first.</summary>
public sealed record GitTokenList(IReadOnlyList<GitTokenRecord> Tokens);

/// <summary>A token for git; never the token itself.</summary>
public sealed record GitTokenRecord
{
    public required string Uid { get; init; }

    /// <summary>The pseudonym of who holds it.</summary>
    public required string Holder { get; init; }
    public required string Issuer { get; init; }
    public required string Subject { get; init; }

    /// <summary>FORGE:OWNER/NAME as it was last seen, or the forge and its number for the repository.</summary>
    public required string Repository { get; init; }
    public required IReadOnlyList<string> Verbs { get; init; }
    public required IReadOnlyList<string> Refs { get; init; }
    public required string Policy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
}
