using System.Globalization;
using Bascule.Core;
using Bascule.Core.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Bascule.Server.Api;

/// <summary>The one place where a <see cref="Problem"/> becomes an HTTP answer (RFC 9457).</summary>
/// <param name="status">Only where the protocol asks for another status than the code's own.</param>
public sealed class ProblemAnswer(Problem problem, int? status = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var answer = httpContext.Response;
        answer.StatusCode = status ?? StatusOf(problem.Code);
        answer.Headers.CacheControl = "no-store";
        if (problem.Code == ProblemCode.Unauthenticated)
            answer.Headers.WWWAuthenticate = "Bearer realm=\"bascule\"";
        var wait = problem.RetryAfter ?? (problem.Code == ProblemCode.Limited ? TimeSpan.FromSeconds(1) : null);
        if (wait is { } time)
            answer.Headers.RetryAfter = Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var document = new ProblemDocument(
            "about:blank",
            ReasonPhrases.GetReasonPhrase(answer.StatusCode),
            answer.StatusCode,
            problem.Message,
            problem.Code,
            wait?.TotalSeconds
        );
        return answer.WriteAsJsonAsync(
            document,
            ApiJson.Default.ProblemDocument,
            "application/problem+json",
            httpContext.RequestAborted
        );
    }

    public static int StatusOf(ProblemCode code) =>
        code switch
        {
            ProblemCode.Invalid => StatusCodes.Status400BadRequest,
            ProblemCode.Unauthenticated => StatusCodes.Status401Unauthorized,
            ProblemCode.Denied => StatusCodes.Status403Forbidden,
            ProblemCode.NotFound => StatusCodes.Status404NotFound,
            ProblemCode.Conflict => StatusCodes.Status409Conflict,
            ProblemCode.Limited => StatusCodes.Status429TooManyRequests,
            ProblemCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };
}
