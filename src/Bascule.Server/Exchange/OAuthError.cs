using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Exchange;

/// <summary>A refusal as OAuth words it (RFC 6749 section 5.2, RFC 8693 section 2.2.2): short, and nothing of why a token or a policy was not good enough.</summary>
/// <param name="Code">From the registry of OAuth.</param>
/// <param name="Description">For whoever wrote the request.</param>
internal sealed record OAuthError(string Code, string Description) : IResult
{
    /// <summary>Nothing is given for what was asked.</summary>
    public const string NoTarget = "invalid_target";

    public int Status { get; private init; } = StatusCodes.Status400BadRequest;

    public TimeSpan? RetryAfter { get; private init; }

    public static OAuthError Invalid(string description) => new("invalid_request", description);

    public static OAuthError Target(string description) => new(NoTarget, description);

    public static OAuthError Unavailable(TimeSpan? retryAfter) =>
        new("temporarily_unavailable", "this cannot be decided just now; try again")
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            RetryAfter = retryAfter ?? TimeSpan.FromSeconds(5),
        };

    public static OAuthError TooMany(TimeSpan wait) =>
        new("temporarily_unavailable", "too many requests; wait and try again")
        {
            Status = StatusCodes.Status429TooManyRequests,
            RetryAfter = wait,
        };

    /// <summary>RFC 6750 section 3.</summary>
    public static OAuthError NoCaller() =>
        new("invalid_client", "send a token as Authorization: Bearer") { Status = StatusCodes.Status401Unauthorized };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        return OAuthAnswer.WriteAsync(
            response,
            Status,
            new JsonObject { ["error"] = Code, ["error_description"] = Description }
        );
    }
}

/// <summary>Answers that nobody may keep (RFC 6749 section 5.1).</summary>
internal sealed record OAuthAnswer(JsonObject Body) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        WriteAsync(httpContext.Response, StatusCodes.Status200OK, Body);

    public static Task WriteAsync(HttpResponse response, int status, JsonObject body)
    {
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        response.ContentType = "application/json";
        return response.WriteAsync(CanonicalJson.ToText(body), response.HttpContext.RequestAborted);
    }
}
