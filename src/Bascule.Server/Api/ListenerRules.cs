using Bascule.Core;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Bascule.Server.Api;

/// <summary>
/// What every request to the local listener must keep, and on the public one every request for console and API: it was sent to our own name, so that no page
/// of another name reaches us through DNS rebinding, and no change is asked for by another site. Answers carry the headers that keep a page from being framed
/// or read elsewhere.
/// </summary>
public static class ListenerRules
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
                return Refuse(context, IsLoopbackName(context), Origin(context.Request), next);
            }
        );

    /// <summary>Comes after routing: which endpoint is asked for decides what the public listener demands.</summary>
    public static IApplicationBuilder UsePublicListener(this IApplicationBuilder app)
    {
        var url = app.ApplicationServices.GetRequiredService<AccessSettings>().PublicUrl;
        return app.Use(
            (context, next) =>
            {
                if (context.IsLocal() || context.GetEndpoint()?.Metadata.GetMetadata<Inside>() is null)
                    return next(context);
                Protect(context.Response.Headers);
                return Refuse(context, IsPublicName(context.Request.Host, url), Origin(url), next);
            }
        );
    }

    private static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static Task Refuse(HttpContext context, bool isOwnName, string origin, RequestDelegate next)
    {
        if (!isOwnName)
            return new ProblemAnswer(
                Problem.Denied(
                    context.IsLocal()
                        ? "the local listener answers to 127.0.0.1, localhost and [::1] with its port only"
                        : "this server answers to its own name only: the url of its settings"
                ),
                StatusCodes.Status421MisdirectedRequest
            ).ExecuteAsync(context);
        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        return reads || IsSameOrigin(context.Request, origin)
            ? next(context)
            : new ProblemAnswer(Problem.Denied("a page of another site may not change anything here")).ExecuteAsync(
                context
            );
    }

    private static bool IsLoopbackName(HttpContext context) =>
        (context.Request.Host.Port ?? 80) == context.Connection.LocalPort
        && context.Request.Host.Host.ToLowerInvariant() is "127.0.0.1" or "localhost" or "[::1]";

    // A proxy in front passes the name on that the world asked for; none of its other headers is believed.
    private static bool IsPublicName(HostString host, Uri url) =>
        string.Equals(host.Host, url.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port ?? (url.Scheme == "https" ? 443 : 80)) == url.Port;

    private static string Origin(HttpRequest request) => $"{request.Scheme}://{request.Host}";

    private static string Origin(Uri url) => url.GetLeftPart(UriPartial.Authority);

    // Browsers send Sec-Fetch-Site, older ones Origin alone; programs send neither, and no cookie. "same-site" is another port or name beside ours: refused as
    // well. Under our referrer policy a browser writes Origin: null even for its own page, so null is good beside "same-origin" only.
    private static bool IsSameOrigin(HttpRequest request, string own)
    {
        var origin = (string?)request.Headers.Origin;
        var isOwn = origin is null || origin == own;
        return (string?)request.Headers["Sec-Fetch-Site"] switch
        {
            null => isOwn && (origin is not null || !IsBrowser(request)),
            "none" => isOwn,
            "same-origin" => isOwn || origin == "null",
            _ => false,
        };
    }

    private static bool IsBrowser(HttpRequest request) =>
        StringValues.IsNullOrEmpty(request.Headers.Authorization)
        && request.Cookies.ContainsKey(SessionTokens.CookieName);
}
