using Bascule.Core;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Api;

/// <summary>Lets a request pass that carries the local token as its bearer token (RFC 6750, header only).</summary>
internal sealed class TokenFilter(LocalToken token) : IEndpointFilter
{
    private const string Scheme = "Bearer ";

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var presented = (string?)context.HttpContext.Request.Headers.Authorization;
        var known =
            presented is not null
            && presented.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && token.Matches(presented[Scheme.Length..].Trim());
        return known ? next(context) : ValueTask.FromResult<object?>(Refusal);
    }

    private static readonly ProblemAnswer Refusal = new(
        Problem.Unauthenticated($"send the token in data/{LocalToken.FileName} as Authorization: Bearer")
    );
}
