using Bascule.Core.People;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Console;

/// <summary>Who looks at a page, and which pages the navigation offers them.</summary>
/// <param name="Name">Null for whoever is on the machine itself.</param>
/// <param name="Acts">What they may do somewhere.</param>
public sealed record Visitor(string? Name, IReadOnlySet<Act> Acts)
{
    /// <summary>How many runs wait for an approval that their role lets them give.</summary>
    public int Waiting { get; init; }

    internal static Visitor? Of(HttpContext context)
    {
        if (context.FindActor() is not { } actor)
            return null;
        var roles = context.RequestServices.GetRequiredService<RoleRules>();
        return new Visitor(actor.Subject is null ? null : actor.Name, roles.ActsOf(actor))
        {
            Waiting = context.Features.Get<WaitingCount>()?.Runs ?? 0,
        };
    }

    public bool May(Act act) => Acts.Contains(act);
}
