using Bascule.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Console;

/// <summary>The edge where broken machinery becomes a page without detail; the detail goes to the log.</summary>
internal sealed partial class ConsoleFailureFilter(ConsoleAssets assets, ILogger<ConsoleFailureFilter> logger)
    : IEndpointFilter
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
            var problem = Problem.Internal(
                $"Bascule failed to show this page. Look for request {request.TraceIdentifier} in its log."
            );
            return ConsoleEndpoints.Message(request, assets, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Console request {Request} failed")]
        public static partial void Failed(ILogger logger, string request, Exception failure);
    }
}
