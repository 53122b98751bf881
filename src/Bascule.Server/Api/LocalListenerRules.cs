using Bascule.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Api;

/// <summary>
/// What every request to the local listener must keep: a loopback Host header, so that no page of another name reaches us through DNS
/// rebinding, and no change asked for by another site. Answers carry the headers that keep a page from being framed or read elsewhere.
/// </summary>
public static class LocalListenerRules
{
    private const string ContentPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        + "base-uri 'self'; frame-ancestors 'none'";

    /// <summary>Comes before everything that answers on the local listener; requests to the public one pass untouched.</summary>
    public static IApplicationBuilder UseLocalListener(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                if (!context.IsLocal())
                    return next(context);
                Protect(context.Response.Headers);
                return Refusal(context.Request) is { } refusal ? refusal.ExecuteAsync(context) : next(context);
            }
        );

    private static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static ProblemAnswer? Refusal(HttpRequest request)
    {
        if (!IsLoopbackName(request.Host, request.HttpContext.Connection.LocalPort))
            return new ProblemAnswer(
                Problem.Denied("the local listener answers to 127.0.0.1, localhost and [::1] with its port only"),
                StatusCodes.Status421MisdirectedRequest
            );
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        return reads || IsSameOrigin(request)
            ? null
            : new ProblemAnswer(Problem.Denied("a page of another site may not change anything here"));
    }

    private static bool IsLoopbackName(HostString host, int port) =>
        (host.Port ?? 80) == port && host.Host.ToLowerInvariant() is "127.0.0.1" or "localhost" or "[::1]";

    // Browsers send Sec-Fetch-Site, older ones Origin alone; programs send neither. "same-site" is another port of this machine: refused as
    // well. Under our referrer policy a browser writes Origin: null even for its own page, so null is good beside "same-origin" only.
    private static bool IsSameOrigin(HttpRequest request)
    {
        var origin = (string?)request.Headers.Origin;
        var isOwn = origin is null || origin == $"{request.Scheme}://{request.Host}";
        return (string?)request.Headers["Sec-Fetch-Site"] switch
        {
            null or "none" => isOwn,
            "same-origin" => isOwn || origin == "null",
            _ => false,
        };
    }
}
