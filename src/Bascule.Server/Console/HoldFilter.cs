using Bascule.Core.Installation;
using Bascule.Server.Holding;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Console;

/// <summary>Has every page say it when this installation acts on nothing.</summary>
internal sealed class HoldFilter(HoldGate gate) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext;
        if (await gate.ReadAsync(request.RequestAborted) is { } hold)
            request.Features.Set(hold);
        return await next(context);
    }

    public static string? Explain(HttpContext context) =>
        context.Features.Get<Hold>() is { } hold ? $"Held: {HoldGate.Explain(hold)}" : null;
}
