using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Accounts;

/// <summary>The same for the command line, which has no browser: proof is by a code alone.</summary>
internal static class AccountApi
{
    public static async Task<IResult> ShowAsync(
        HttpContext context,
        AccountReader reader,
        CancellationToken cancellationToken
    ) => TypedResults.Json(await reader.RecordAsync(context.Actor(), cancellationToken), ApiJson.Default.AccountRecord);

    public static async Task<IResult> MakeCodeAsync(
        string id,
        HttpContext context,
        PostedCodes codes,
        CancellationToken cancellationToken
    )
    {
        var made = await codes.BeginAsync(context.Actor(), id, cancellationToken);
        if (made.Failed(out var problem))
            return new ProblemAnswer(problem);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new LinkCodeRecord(
                made.Value.Forge.Name,
                made.Value.Forge.Forge.Url,
                made.Value.Code.Reveal(),
                made.Value.Until
            ),
            ApiJson.Default.LinkCodeRecord
        );
    }

    public static async Task<IResult> ProveAsync(
        string id,
        string? issue,
        HttpContext context,
        PostedCodes codes,
        AccountReader reader,
        CancellationToken cancellationToken
    ) => Answer(await codes.FinishAsync(context.Actor(), id, issue, cancellationToken), reader);

    public static async Task<IResult> RemoveAsync(
        string id,
        string? account,
        HttpContext context,
        LinkStore links,
        AccountReader reader,
        CancellationToken cancellationToken
    )
    {
        var actor = context.Actor();
        return Answer(await RemoveAsync(links, actor.Uid, id, account, actor.AuditName, cancellationToken), reader);
    }

    public static async Task<IResult> RemoveOfAsync(
        string id,
        string? forge,
        string? account,
        HttpContext context,
        LinkStore links,
        AccountReader reader,
        CancellationToken cancellationToken
    ) =>
        Answer(
            await RemoveAsync(links, id, forge ?? "", account, context.Actor().AuditName, cancellationToken),
            reader
        );

    private static async Task<Result<Core.People.ForgeLink>> RemoveAsync(
        LinkStore links,
        string person,
        string forge,
        string? account,
        string by,
        CancellationToken cancellationToken
    )
    {
        var number = AccountEndpoints.ReadAccount(account);
        return string.IsNullOrEmpty(account) || number is not null
            ? await links.UnlinkAsync(person, forge, number, by, cancellationToken)
            : Problem.Invalid("account is the number of one, as `bascule account show` lists it");
    }

    private static IResult Answer(Result<Core.People.ForgeLink> result, AccountReader reader) =>
        result.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(reader.Record(result.Value), ApiJson.Default.LinkedAccountRecord);
}
