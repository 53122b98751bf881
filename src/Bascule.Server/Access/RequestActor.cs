using Bascule.Core.People;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Access;

/// <summary>Who makes a request, as the one middleware that finds it out has noted it.</summary>
public static class RequestActor
{
    /// <summary>Null on an open route that nobody in particular calls.</summary>
    public static Actor? FindActor(this HttpContext context) => context.Features.Get<Actor>();

    /// <exception cref="InvalidOperationException">The route is open to all, so there need not be anybody.</exception>
    public static Actor Actor(this HttpContext context) =>
        context.FindActor() ?? throw new InvalidOperationException("nobody in particular makes this request");
}
