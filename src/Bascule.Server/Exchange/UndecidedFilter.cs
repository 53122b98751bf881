using Bascule.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Exchange;

/// <summary>While the database cannot be asked nothing is decided, and who asks is told to come again: a client that waits is no client that gives up.</summary>
internal sealed partial class UndecidedFilter(ILogger<UndecidedFilter> log) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (StorageException failure)
        {
            Log.Undecided(log, context.HttpContext.TraceIdentifier, failure);
            return OAuthError.Unavailable(retryAfter: null);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Request {Request} about tokens for git could not be decided")]
        public static partial void Undecided(ILogger log, string request, Exception failure);
    }
}
