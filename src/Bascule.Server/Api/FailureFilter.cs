using Bascule.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Api;

/// <summary>The edge where broken machinery becomes an answer without detail; the detail goes to the log.</summary>
internal sealed partial class FailureFilter(ILogger<FailureFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext;
        try
        {
            return await next(context);
        }
        catch (Exception failure) when (!request.RequestAborted.IsCancellationRequested)
        {
            Log.Failed(logger, request.TraceIdentifier, failure);
            return new ProblemAnswer(
                Problem.Internal($"Bascule failed; look for request {request.TraceIdentifier} in its log")
            );
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "API request {Request} failed")]
        public static partial void Failed(ILogger logger, string request, Exception failure);
    }
}
