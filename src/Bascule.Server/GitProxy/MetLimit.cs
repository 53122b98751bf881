using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>Which limit of <c>git.limits</c> stopped a request: the audit log counts them by name (THREATS T95).</summary>
/// <param name="Name">The setting's name.</param>
internal sealed record MetLimit(string Name)
{
    /// <summary>The first one counts; what follows from it does not.</summary>
    public static void Note(HttpContext context, string name)
    {
        if (Of(context) is null)
            context.Features.Set(new MetLimit(name));
    }

    public static MetLimit? Of(HttpContext context) => context.Features.Get<MetLimit>();
}
