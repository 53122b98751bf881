using Bascule.Core.People;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Access;

/// <summary>What the <c>id</c> in an address names.</summary>
/// <param name="Reading">Who may not do this to it learns not even that it exists.</param>
/// <param name="FindAsync">Where it belongs; null when there is no such thing.</param>
/// <param name="Missing">What is answered when there is no such thing.</param>
internal sealed record About(
    Act Reading,
    Func<HttpContext, string, Actor, Act, Task<Scope?>> FindAsync,
    Func<HttpContext, string, IResult> Missing
);
