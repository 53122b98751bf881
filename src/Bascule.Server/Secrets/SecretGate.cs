using Bascule.Server.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Secrets;

/// <summary>
/// Closed while secrets are being read from a source that trusts Bascule's own tokens: such a source fetches Bascule's public keys meanwhile, so those are
/// served, and nothing else is, and no work is done.
/// </summary>
internal sealed class SecretGate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOpen => _opened.Task.IsCompleted;

    public void Open() => _opened.TrySetResult();

    public Task WaitAsync(CancellationToken cancellationToken) => _opened.Task.WaitAsync(cancellationToken);

    public bool Lets(PathString path) =>
        IsOpen || path.Value is IdentityEndpoints.Discovery or IdentityEndpoints.KeySet or "/health/live";
}

internal static class SecretGateExtensions
{
    private const string Seconds = "5";

    /// <summary>Comes before everything that answers.</summary>
    public static IApplicationBuilder UseSecretGate(this IApplicationBuilder app)
    {
        var gate = app.ApplicationServices.GetRequiredService<SecretGate>();
        return app.Use(
            (context, next) =>
            {
                if (gate.Lets(context.Request.Path))
                    return next(context);
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = Seconds;
                return context.Response.WriteAsync(
                    "Bascule is reading its secrets; try again in a moment\n",
                    context.RequestAborted
                );
            }
        );
    }
}
