using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Console;

/// <summary>Light, dark, or what the person's system says.</summary>
public enum Theme
{
    Auto,
    Light,
    Dark,
}

/// <summary>Keeps the theme in a cookie that a plain form sets; no script has a part in it.</summary>
internal static class Themes
{
    private const string CookieName = "bascule_theme";

    public static string Word(this Theme theme) => theme.ToString().ToLowerInvariant();

    public static Theme Of(HttpRequest request) => Parse(request.Cookies[CookieName]);

    public static async Task<IResult> ChooseAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
            return Results.BadRequest();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var options = new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Path = context.Request.PathBase.HasValue ? context.Request.PathBase.Value! : "/",
            MaxAge = TimeSpan.FromDays(365),
        };
        context.Response.Cookies.Append(CookieName, Parse(form["theme"]).Word(), options);
        return new BackAnswer($"{context.Request.PathBase}/{Local(form["back"])}");
    }

    private static Theme Parse(string? word) =>
        word switch
        {
            "light" => Theme.Light,
            "dark" => Theme.Dark,
            _ => Theme.Auto,
        };

    // Only a page of the console itself: an address that could name another host leads to the first page.
    private static string Local(string? back) =>
        back is not null
        && !back.StartsWith('/')
        && Uri.IsWellFormedUriString(back, UriKind.Relative)
        && back.AsSpan().IndexOfAny("\\\r\n") < 0
            ? back
            : "";

    private sealed class BackAnswer(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}
