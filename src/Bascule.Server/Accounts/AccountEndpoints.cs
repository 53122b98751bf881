using Bascule.Core;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Connections;
using Bascule.Server.Console;
using Bascule.Server.Console.Pages;
using Bascule.Server.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Bascule.Server.Accounts;

/// <summary>The page of a person's own account, and what its forms do.</summary>
internal static class AccountEndpoints
{
    public const int MaxForm = 8 * 1024;

    public static async Task<IResult> ShowAsync(HttpContext context, AccountReader reader, ConsoleAssets assets)
    {
        var view = await reader.ReadAsync(context.Actor(), context.RequestAborted);
        return Page(context, assets, view with { Done = Outcome.Of(context.Request.Query["done"]) });
    }

    /// <summary>A form may lead to pages of ours only, so the way to the forge is a link on the next one.</summary>
    public static async Task<IResult> BeginAsync(
        string id,
        HttpContext context,
        ForgeProofs proofs,
        [FromServices] ForgeConnections forges,
        AccountReader reader,
        ConsoleAssets assets
    )
    {
        if (SessionCookie.Read(context.Request) is not { } session)
            return await RefuseAsync(context, reader, assets, NeedsBrowser());
        var begun = await proofs.BeginAsync(context.Actor(), session.Digest, id, context.RequestAborted);
        return begun.Failed(out var problem)
            ? await RefuseAsync(context, reader, assets, problem)
            : ConsoleEndpoints.Page<AccountProofPage>(
                context,
                assets,
                new AccountProofView(id, forges.FindByName(id)!.Forge.Url.Authority, begun.Value)
            );
    }

    /// <summary>Back from the forge.</summary>
    public static async Task<IResult> FinishAsync(
        string id,
        HttpContext context,
        ForgeProofs proofs,
        AccountReader reader,
        ConsoleAssets assets
    )
    {
        if (SessionCookie.Read(context.Request) is not { } session)
            return await RefuseAsync(context, reader, assets, NeedsBrowser());
        var query = context.Request.Query;
        var linked = await proofs.FinishAsync(
            context.Actor(),
            session.Digest,
            id,
            new ProofAnswer(One("state"), One("code"), One("error_description") ?? One("error")),
            context.RequestAborted
        );
        return linked.Failed(out var problem)
            ? await RefuseAsync(context, reader, assets, problem)
            : Back(context, Outcome.Linked);

        string? One(string name) => query[name] is [{ Length: > 0 } only] ? only : null;
    }

    /// <summary>The code is in this answer and nowhere else.</summary>
    public static async Task<IResult> MakeCodeAsync(
        string id,
        HttpContext context,
        PostedCodes codes,
        AccountReader reader,
        ConsoleAssets assets
    )
    {
        var made = await codes.BeginAsync(context.Actor(), id, context.RequestAborted);
        if (made.Failed(out var problem))
            return await RefuseAsync(context, reader, assets, problem);
        var view = await reader.ReadAsync(context.Actor(), context.RequestAborted);
        return Page(context, assets, view with { Made = (id, made.Value.Code) });
    }

    public static async Task<IResult> ProveAsync(
        string id,
        HttpContext context,
        PostedCodes codes,
        AccountReader reader,
        ConsoleAssets assets
    )
    {
        var form = await ReadFormAsync(context);
        var linked = await codes.FinishAsync(context.Actor(), id, form?["issue"], context.RequestAborted);
        return linked.Failed(out var problem)
            ? await RefuseAsync(context, reader, assets, problem)
            : Back(context, Outcome.Linked);
    }

    public static async Task<IResult> RemoveAsync(
        string id,
        HttpContext context,
        LinkStore links,
        AccountReader reader,
        ConsoleAssets assets
    )
    {
        var form = await ReadFormAsync(context);
        var actor = context.Actor();
        var removed = ReadAccount(form?["account"]) is { } account
            ? await links.UnlinkAsync(actor.Uid, id, account, actor.AuditName, context.RequestAborted)
            : Problem.Invalid("The form does not say which account; open the page again.");
        return removed.Failed(out var problem)
            ? await RefuseAsync(context, reader, assets, problem)
            : Back(context, Outcome.Unlinked);
    }

    /// <summary>An administrator, for somebody else.</summary>
    public static async Task<IResult> RemoveOfAsync(string id, HttpContext context, LinkStore links)
    {
        var form = await ReadFormAsync(context);
        var removed =
            ReadAccount(form?["account"]) is { } account && form?["forge"].ToString() is { Length: > 0 } forge
                ? await links.UnlinkAsync(id, forge, account, context.Actor().AuditName, context.RequestAborted)
                : Problem.Invalid("The form does not say which account; open the page again.");
        return removed.Failed(out var problem)
            ? ConsoleEndpoints.Message(context, problem)
            : See(context, $"/people/{id}");
    }

    public static long? ReadAccount(string? text) =>
        long.TryParse(
            text,
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out var account
        )
            ? account
            : null;

    /// <summary>The page with what went wrong on top, so that the next try is one click away.</summary>
    private static async Task<IResult> RefuseAsync(
        HttpContext context,
        AccountReader reader,
        ConsoleAssets assets,
        Problem problem
    )
    {
        var view = await reader.ReadAsync(context.Actor(), context.RequestAborted);
        return Page(context, assets, view with { Problem = problem }, ProblemAnswer.StatusOf(problem.Code));
    }

    private static RazorComponentResult<AccountPage> Page(
        HttpContext context,
        ConsoleAssets assets,
        AccountView view,
        int status = StatusCodes.Status200OK
    ) => ConsoleEndpoints.Page<AccountPage>(context, assets, view, status);

    private static IResult Back(HttpContext context, Outcome done) =>
        See(context, $"{AccountRoutes.Account}?done={done.Word}");

    private static IResult See(HttpContext context, string path)
    {
        context.Response.Headers.Location = context.Request.PathBase + path;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static Problem NeedsBrowser() =>
        Problem.Invalid("This proof needs the browser that you are signed in with; begin it on your account's page.");

    private static async Task<IFormCollection?> ReadFormAsync(HttpContext context) =>
        context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
}
