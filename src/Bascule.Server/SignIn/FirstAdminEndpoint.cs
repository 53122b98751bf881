using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.SignIn;

/// <summary>For whoever holds the local token: an administrator who calls it is told that there is one.</summary>
internal static class FirstAdminEndpoint
{
    public static async Task<IResult> MakeAsync(
        FirstAdmin firstAdmin,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var made = await firstAdmin.MakeLinkAsync(context.Actor().AuditName, cancellationToken);
        return made.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                new FirstAdminRecord(made.Value.AbsoluteUri, (int)FirstAdmin.Lifetime.TotalMinutes),
                ApiJson.Default.FirstAdminRecord
            );
    }

    public static IResult Refuse() =>
        new ProblemAnswer(Problem.Conflict("nobody can sign in here yet; add sign_in to the settings first"));
}
