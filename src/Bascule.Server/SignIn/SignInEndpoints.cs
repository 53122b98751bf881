using Bascule.Core;
using Bascule.Server.Api;
using Bascule.Server.Configuration;
using Bascule.Server.Console;
using Bascule.Server.Console.Pages;
using Bascule.Server.Issuers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.SignIn;

/// <summary>The pages of signing in and out. Those that begin something only set a cookie; the one that ends something is a form.</summary>
internal static class SignInEndpoints
{
    private const string SignedOutProvider = "provider";

    public static IResult Choose(
        HttpContext context,
        ServerSettings settings,
        ProviderLinks providers,
        ConsoleAssets assets
    )
    {
        var query = context.Request.Query;
        if (context.IsLocal())
            return Results.Redirect($"{Public(settings)}{SignInRoutes.SignIn}{context.Request.QueryString}");
        var view = SignInView.Of(
            providers.All,
            ReturnPath.Of(query["return"]),
            query["first_admin"],
            query.ContainsKey("fresh")
        );
        return ConsoleEndpoints.Page<SignInPage>(context, assets, view);
    }

    /// <summary>To the provider. From the local listener nobody would come back: the cookie belongs to the public address.</summary>
    public static async Task BeginAsync(
        string provider,
        HttpContext context,
        ServerSettings settings,
        ProviderLinks providers,
        IssuerTrust issuers
    )
    {
        var query = context.Request.Query;
        if (providers.Find(provider) is not { } known)
            await RefusalPage.ShowAsync(context, Problem.NotFound("There is no such provider; choose one of these."));
        else if (context.IsLocal())
            context.Response.Redirect(
                $"{Public(settings)}{SignInRoutes.Begin(known.Name)}{context.Request.QueryString}"
            );
        else if (await issuers.FindFaultAsync(known.Issuer.Issuer.Url.Text, context.RequestAborted) is { } fault)
            await RefusalPage.ShowAsync(context, fault);
        else
        {
            var ticket = new SignInTicket(new AuthenticationProperties { RedirectUri = ReturnPath.Of(query["return"]) })
            {
                Fresh = query.ContainsKey("fresh"),
                FirstAdminLink = query["first_admin"],
            };
            await context.ChallengeAsync(known.Name, ticket.Properties);
        }
    }

    /// <summary>Back from the provider.</summary>
    public static async Task CompleteAsync(string provider, HttpContext context, ProviderLinks providers)
    {
        var handlers = context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        if (
            providers.Find(provider) is not { } known
            || await handlers.GetHandlerAsync(context, known.Name) is not IAuthenticationRequestHandler handler
            || !await handler.HandleRequestAsync()
        )
            await RefusalPage.ShowAsync(context, Problem.NotFound("There is no such provider; choose one of these."));
    }

    /// <summary>Ends the session and says where the person may be signed in still: the form may lead to pages of ours only, so the rest is a link.</summary>
    public static async Task<IResult> SignOutAsync(HttpContext context, Sessions sessions, SignOuts outs)
    {
        string? issuer = null;
        if (SessionCookie.Read(context.Request) is { } token)
        {
            issuer = (await sessions.FindAsync(token, context.RequestAborted))?.Session.Issuer;
            var ended = await outs.EndAsync(token, context.RequestAborted);
            if (ended.Failed(out var problem))
                return ConsoleEndpoints.Message(
                    context,
                    context.RequestServices.GetRequiredService<ConsoleAssets>(),
                    problem
                );
        }
        SessionCookie.Remove(context.Response);
        var from = context
            .RequestServices.GetRequiredService<ProviderLinks>()
            .All.FirstOrDefault(provider => provider.Issuer.Issuer.Url.Text == issuer);
        context.Response.Headers.Location =
            context.Request.PathBase
            + (
                from is null
                    ? SignInRoutes.SignedOut
                    : QueryHelpers.AddQueryString(SignInRoutes.SignedOut, SignedOutProvider, from.Name)
            );
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    public static async Task<IResult> SignedOutAsync(
        HttpContext context,
        ServerSettings settings,
        ProviderLinks providers,
        ConsoleAssets assets
    )
    {
        var provider = providers.Find(context.Request.Query[SignedOutProvider].ToString());
        var view = provider is null
            ? new SignedOutView(Provider: null, EndAddress: null)
            : new SignedOutView(
                provider.Title,
                await FindEndAsync(settings, providers, provider, context.RequestAborted)
            );
        return ConsoleEndpoints.Page<SignedOutPage>(context, assets, view);
    }

    /// <summary>OpenID Connect RP-Initiated Logout 1.0, without a hint: no id token is kept for it, so the provider asks the person.</summary>
    private static async Task<Uri?> FindEndAsync(
        ServerSettings settings,
        ProviderLinks providers,
        SignInProvider provider,
        CancellationToken cancellationToken
    )
    {
        var metadata = await providers.ReadMetadataAsync(provider, cancellationToken);
        if (metadata.Problem is not null || metadata.Value.EndSession is not { } end)
            return null;
        return new Uri(
            QueryHelpers.AddQueryString(
                end.AbsoluteUri,
                new Dictionary<string, string?>
                {
                    ["client_id"] = provider.Client,
                    ["post_logout_redirect_uri"] = Public(settings) + SignInRoutes.SignedOut,
                }
            )
        );
    }

    private static string Public(ServerSettings settings) => settings.PublicUrl.OriginalString.TrimEnd('/');
}
