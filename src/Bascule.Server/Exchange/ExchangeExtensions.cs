using System.Text;
using Bascule.Core.Api;
using Bascule.Core.Exchange;
using Bascule.Core.Json;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Configuration;
using Bascule.Server.Exchange.Delegation;
using Bascule.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bascule.Server.Exchange;

/// <summary>Tokens for git in exchange for tokens from outside. Without a trust policy nothing of it answers.</summary>
internal static class ExchangeExtensions
{
    private const string Door = "who asks is proven by the token in the request";
    private const string Metadata = "/.well-known/oauth-authorization-server";

    /// <summary>Needs the stores of passes, people, used tokens and work, the forges, the audit trail, and who verifies tokens.</summary>
    public static void AddExchange(this IServiceCollection services, ServerSettings settings)
    {
        services.TryAddSingleton(settings);
        services.AddSingleton(new TrustPolicies(settings.Exchange.Policies));
        services.AddSingleton(settings.Exchange);
        services.AddSingleton<PolicyRepository>();
        services.AddSingleton<GitPasses>();
        services.AddSingleton<IGitPasses>(provider => provider.GetRequiredService<GitPasses>());
        services.AddSingleton<TokenRevocation>();
        services.AddSingleton<TokenReader>();
        services.AddSingleton<GitRoutes>();
        services.AddSingleton<IRetirement, GitPassRetirement>();
        if (!settings.Exchange.IsOpen)
            return;
        if (settings.Exchange.Delegation is { } delegation)
        {
            services.AddSingleton(delegation);
            services.AddHostedService<PolicyRepositoryWatch>();
        }
        services.AddSingleton<ExchangeLimits>();
        services.AddSingleton<RepositoryNumbers>();
        services.AddSingleton<SubjectProof>();
        services.AddSingleton<Principals>();
        services.AddSingleton<TokenExchange>();
        services.AddSingleton<IdentityPasses>();
    }

    public static void MapExchange(this IEndpointRouteBuilder endpoints, ServerSettings settings)
    {
        var api = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        api.MapTokens();
        api.MapGet("/git", (GitRoutes routes) => TypedResults.Json(routes.List(), ApiJson.Default.GitForgeList))
            .IsForPerson(
                "whoever is signed in may set up git to come here; it names forges and no repository of theirs"
            );
        if (!settings.Exchange.IsOpen)
            return;
        var limit = new RequestSizeLimitAttribute(OAuthForm.MaxBody);
        var oauth = endpoints.MapGroup("");
        oauth.IsOpen(Door).WithMetadata(limit);
        oauth.AddEndpointFilter<RouteGroupBuilder, UndecidedFilter>();
        oauth.MapPost(TokenEndpoints.Token, TokenEndpoints.ExchangeAsync).DisableAntiforgery();
        oauth.MapPost(TokenEndpoints.Introspect, TokenEndpoints.IntrospectAsync).DisableAntiforgery();
        oauth.MapPost(TokenEndpoints.Revoke, TokenEndpoints.RevokeAsync).DisableAntiforgery();
        var helper = ShellHelper.For(settings.PublicUrl);
        endpoints
            .MapGet(ShellHelper.Route, () => Results.Text(helper, "text/x-shellscript", Encoding.UTF8))
            .IsOpen("the program is the same for everybody; what it shows proves who asks");
        var metadata = CanonicalJson.ToText(TokenEndpoints.Metadata(settings.PublicUrl));
        endpoints
            .MapGet(Metadata, () => Results.Text(metadata, "application/json"))
            .IsOpen("clients look up where tokens are exchanged");
    }
}
