using Bascule.Core;
using Bascule.Core.Text;
using Bascule.Server.Audit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.SignIn;

/// <summary>How a sign-in ends: at the page that was asked for, or at one that says what to do.</summary>
internal sealed class ProviderEvents : OAuthEvents
{
    private const int MaxWords = 200;

    public override Task TicketReceived(TicketReceivedContext context)
    {
        var settings = ((ProviderOptions)context.Options).Settings;
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        context.HttpContext.Response.Redirect(ReturnPath.Absolute(settings, context.ReturnUri));
        context.HandleResponse();
        return Task.CompletedTask;
    }

    public override async Task RemoteFailure(RemoteFailureContext context)
    {
        var http = context.HttpContext;
        var problem = Explain(context);
        http.RequestServices.GetRequiredService<RefusalCounter>().CountSignIn(http, problem);
        await RefusalPage.ShowAsync(http, problem);
        context.HandleResponse();
    }

    private static Problem Explain(RemoteFailureContext context)
    {
        if (context.Failure is SignInRefusal { Problem: var refusal })
            return refusal;
        var query = context.Request.Query;
        // Said by the provider only when the state is ours: the framework checks that first.
        if (context.Properties is not null && query["error"].Count > 0)
            return Problem.Denied(
                $"{((ProviderOptions)context.Options).Provider.Title} ended the sign-in: {PlainText.Line(query["error_description"].FirstOrDefault() ?? query["error"], MaxWords)}"
            );
        return Problem.Unauthenticated(
            "This sign-in was not begun in this browser, was finished already, or was begun too long ago. Start it again."
        );
    }
}

internal static class SignInRefusals
{
    /// <summary>One entry a minute for each address and kind, whoever knocks how often.</summary>
    public static void CountSignIn(this RefusalCounter refusals, HttpContext context, Problem problem) =>
        refusals.Count(
            context.Connection.RemoteIpAddress?.ToString() ?? "unknown",
            problem.Code.ToString(),
            RefusalKind.SignIn
        );
}
