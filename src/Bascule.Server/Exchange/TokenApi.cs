using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Exchange;

/// <summary>Who holds tokens for git, and an end to one.</summary>
internal static class TokenApi
{
    public static void MapTokens(this IEndpointRouteBuilder api)
    {
        api.MapGet("/tokens", ListAsync).Asks(Act.ReadTokens);
        api.MapPost("/tokens/revoke", RevokeAsync).Asks(Act.RevokeToken);
    }

    private static async Task<IResult> ListAsync(TokenReader reader, CancellationToken cancellationToken) =>
        TypedResults.Json(await reader.ListAsync(cancellationToken), ApiJson.Default.GitTokenList);

    /// <param name="token">Its name, <c>t-…</c>, which is no secret.</param>
    private static async Task<IResult> RevokeAsync(
        string? token,
        TokenRevocation revocation,
        TokenReader reader,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrWhiteSpace(token))
            return new ProblemAnswer(Problem.Invalid("say which: token=UID, as `bascule token list` shows it"));
        var revoked = await revocation.RevokeAsync(token, context.Actor().AuditName, cancellationToken);
        return revoked.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                await reader.WriteAsync(revoked.Value, cancellationToken),
                ApiJson.Default.GitTokenRecord
            );
    }
}
