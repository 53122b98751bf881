using Bascule.Core.People;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Console;

/// <summary>Has every page say to those who may approve how much waits for it.</summary>
internal sealed class WaitingFilter(ApprovalsReader approvals, RoleRules roles) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext;
        if (
            HttpMethods.IsGet(request.Request.Method)
            && request.FindActor() is { Subject: not null } actor
            && roles.DecideAnywhere(actor, Act.ApproveRun).IsAllowed
        )
            request.Features.Set(new WaitingCount(await approvals.CountAsync(actor, request.RequestAborted)));
        return await next(context);
    }
}

/// <summary>Noted on a request for a page.</summary>
internal sealed record WaitingCount(int Runs);
