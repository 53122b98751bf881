namespace Bascule.Core.Identity.Tokens;

/// <summary>Remembers what may be used once, for all replicas and across restarts (THREATS T31).</summary>
public interface IUsedTokens
{
    /// <summary>
    /// Notes the use and answers once that is durable. Conflict when it was noted before, by anybody: of several at the same moment exactly one succeeds.
    /// </summary>
    Task<Result<Done>> UseAsync(TokenUse use, CancellationToken cancellationToken);
}
