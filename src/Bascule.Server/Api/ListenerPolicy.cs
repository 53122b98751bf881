using Bascule.Server.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Bascule.Server.Api;

/// <summary>Marks an endpoint that exists on the local listener only.</summary>
public sealed class LocalOnly;

/// <summary>
/// On the public listener, endpoints marked <see cref="LocalOnly"/> do not match, and those marked <see cref="Inside"/> only when people can sign in: the
/// answer is that of any unknown address.
/// </summary>
internal sealed class ListenerPolicy(IEnumerable<ISessions> sessions) : MatcherPolicy, IEndpointSelectorPolicy
{
    private readonly bool _peopleSignIn = sessions.Any();

    public override int Order => int.MinValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(IsKeptBack);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        if (httpContext.IsLocal())
            return Task.CompletedTask;
        for (var i = 0; i < candidates.Count; i++)
            if (candidates.IsValidCandidate(i) && IsKeptBack(candidates[i].Endpoint))
                candidates.SetValidity(i, false);
        return Task.CompletedTask;
    }

    private bool IsKeptBack(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<LocalOnly>() is not null
        || (!_peopleSignIn && endpoint.Metadata.GetMetadata<Inside>() is not null);
}
