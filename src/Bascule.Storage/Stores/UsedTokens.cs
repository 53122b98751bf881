using Bascule.Core;
using Bascule.Core.Identity.Tokens;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Stores;

/// <summary>The primary key decides who was first, between tasks and between replicas.</summary>
internal sealed class UsedTokens(IWriter writer) : IUsedTokens
{
    public async Task<Result<Done>> UseAsync(TokenUse use, CancellationToken cancellationToken)
    {
        try
        {
            return await writer.WriteAsync(session => Use(session, use), cancellationToken);
        }
        catch (StorageException failure)
        {
            return Problem.Unavailable(
                $"it cannot be noted that the token was used, so it was not accepted. {failure.Message}"
            );
        }
    }

    private static Result<Done> Use(WriteSession session, TokenUse use) =>
        session.Execute(
            "INSERT INTO used_token (digest, expires_at) VALUES (@Digest, @ExpiresAt) ON CONFLICT (digest) DO NOTHING",
            new { use.Digest, ExpiresAt = use.ExpiresAt.ToUnixTimeMilliseconds() }
        ) == 1
            ? Result.Done
            : Problem.Conflict("the token was used before, and it may be used once; ask its issuer for another");
}
