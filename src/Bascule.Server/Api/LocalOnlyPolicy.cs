using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Bascule.Server.Api;

/// <summary>Marks an endpoint that exists on the local listener only.</summary>
public sealed class LocalOnly;

/// <summary>On the public listener, endpoints marked <see cref="LocalOnly"/> do not match: the answer is that of any unknown address.</summary>
internal sealed class LocalOnlyPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => int.MinValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(IsLocalOnly);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        if (httpContext.IsLocal())
            return Task.CompletedTask;
        for (var i = 0; i < candidates.Count; i++)
            if (candidates.IsValidCandidate(i) && IsLocalOnly(candidates[i].Endpoint))
                candidates.SetValidity(i, false);
        return Task.CompletedTask;
    }

    private static bool IsLocalOnly(Endpoint endpoint) => endpoint.Metadata.GetMetadata<LocalOnly>() is not null;
}
