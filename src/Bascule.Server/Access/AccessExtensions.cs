using Bascule.Core.People;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bascule.Server.Access;

/// <summary>Who may do what. Needs the local token, the stores of people and repositories, the forges and a TimeProvider.</summary>
public static class AccessExtensions
{
    /// <summary>Register <see cref="ISessions"/> besides, and people can sign in.</summary>
    public static IServiceCollection AddAccess(
        this IServiceCollection services,
        IReadOnlyList<RoleRule> roles,
        Uri publicUrl
    )
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ListenerPolicy>());
        services.AddSingleton(new AccessSettings(publicUrl));
        services.AddSingleton(new RoleRules(roles));
        services.AddSingleton<RetiredPeople>();
        services.AddSingleton<WhoAsks>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<Sight>();
        services.AddSingleton<SetAsideWork>();
        services.AddSingleton<AccessGate>();
        return services;
    }

    /// <summary>Comes after routing and before every endpoint.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app)
    {
        var gate = app.ApplicationServices.GetRequiredService<AccessGate>();
        return app.UsePublicListener().Use((context, next) => gate.InvokeAsync(context, next));
    }

    /// <summary>Once everything is mapped.</summary>
    /// <exception cref="InvalidOperationException">A route does not say who may call it.</exception>
    public static void RequireRouteRules(this IEndpointRouteBuilder routes) => RouteCheck.Require(routes.DataSources);
}
