using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Configuration;
using Bascule.Server.People;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.SignIn;

/// <summary>Signing in and out. Without a provider in the settings nothing of it is there.</summary>
internal static class SignInExtensions
{
    private const string Door = "it is how people become known";
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    public static void AddSignIn(this IServiceCollection services, ServerSettings settings)
    {
        if (settings.SignIn.Count == 0)
            return;
        services.AddSingleton(settings);
        services.AddSingleton<ProviderLinks>();
        services.AddSingleton<PersonClaims>();
        services.AddSingleton<Admission>();
        services.AddSingleton<FirstAdmin>();
        services.AddSingleton<IRetirement, SessionRetirement>();
        services.AddSingleton<SignOuts>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<ISessions>(provider => provider.GetRequiredService<Sessions>());
        services.AddSingleton<IAuthenticationSchemeProvider, EndpointSchemes>();
        services.AddAuthenticationCore();
        services.AddWebEncoders();
        var authentication = new AuthenticationBuilder(services);
        foreach (var provider in settings.SignIn)
            authentication.AddOAuth<ProviderOptions, ProviderHandler>(
                provider.Name,
                provider.Title,
                options => options.Describe(provider, settings)
            );
    }

    public static void MapSignIn(this IEndpointRouteBuilder endpoints, ServerSettings settings)
    {
        var given = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        given.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        if (settings.SignIn.Count == 0)
        {
            given.MapPost("/first-admin", FirstAdminEndpoint.Refuse).Asks(Act.GiveRole);
            return;
        }
        given.MapPost("/first-admin", FirstAdminEndpoint.MakeAsync).Asks(Act.GiveRole);
        MapPages(endpoints);
        var api = endpoints.MapGroup("/api/v1").IsOpen(Door).WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        api.MapGet("/sign-in", SessionEndpoints.ProvidersAsync);
        api.MapPost("/sessions", SessionEndpoints.BeginAsync)
            .WithMetadata(new RequestSizeLimitAttribute(SessionEndpoints.MaxBody));
        api.MapDelete("/sessions/current", SessionEndpoints.EndAsync);
    }

    private static void MapPages(IEndpointRouteBuilder endpoints)
    {
        var pages = endpoints.MapGroup("").IsOpen(Door).WithMetadata(new Inside(IsPage: true));
        pages.AddEndpointFilter<RouteGroupBuilder, Console.ConsoleFailureFilter>();
        pages.MapMethods(SignInRoutes.SignIn, Reads, SignInEndpoints.Choose);
        pages.MapGet(SignInRoutes.Begin("{provider}"), SignInEndpoints.BeginAsync);
        pages.MapGet(SignInRoutes.Callback("{provider}"), SignInEndpoints.CompleteAsync);
        pages
            .MapPost(SignInRoutes.Logout("{provider}"), ProviderLogout.TakeAsync)
            .DisableAntiforgery()
            .WithMetadata(new RequestSizeLimitAttribute(ProviderLogout.MaxBody));
        pages.MapPost(SignInRoutes.SignOut, SignInEndpoints.SignOutAsync);
        pages.MapMethods(SignInRoutes.SignedOut, Reads, SignInEndpoints.SignedOutAsync);
    }
}
