using Bascule.Simulators.Forges.Api;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Forges;

/// <summary>The few Gogs pages that a driver without an API must use: sign in, open and merge a pull request.</summary>
internal sealed class WebForms(ForgeEngine engine)
{
    public Task HandleAsync(HttpContext context, string body)
    {
        _ = engine;
        _ = body;
        context.Response.StatusCode = 404;
        context.Response.ContentType = "text/html; charset=UTF-8";
        return context.Response.WriteAsync(ApiCall.GogsNotFoundPage, context.RequestAborted);
    }
}
