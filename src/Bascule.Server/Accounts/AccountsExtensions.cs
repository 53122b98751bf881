using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Console;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Accounts;

/// <summary>A person's own account: who they are here, and which accounts at forges are theirs.</summary>
internal static class AccountsExtensions
{
    private const string Own = "it shows and changes what is their own";
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Needs the stores of people, proofs and work, the audit trail, the forges and what decides on access.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<LinkStore>();
        services.AddSingleton<PostedCodes>();
        services.AddSingleton<ForgeProofs>();
        services.AddSingleton<AccountReader>();
        return services;
    }

    public static void MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        MapPages(endpoints);
        var api = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        api.MapPost("/people/{id}/unlink", AccountApi.RemoveOfAsync)
            .Asks(Act.UnlinkAccount, Things.Person((_, problem) => new ProblemAnswer(problem)));
        var own = api.MapGroup("").IsForPerson(Own);
        own.MapGet("/account", AccountApi.ShowAsync);
        own.MapPost("/account/links/{id}/code", AccountApi.MakeCodeAsync);
        own.MapPost("/account/links/{id}/proof", AccountApi.ProveAsync);
        own.MapPost("/account/links/{id}/remove", AccountApi.RemoveAsync);
    }

    private static void MapPages(IEndpointRouteBuilder endpoints)
    {
        var pages = endpoints.MapGroup("").WithMetadata(new Inside(IsPage: true));
        pages.AddEndpointFilter<RouteGroupBuilder, ConsoleFailureFilter>();
        pages.AddEndpointFilter<RouteGroupBuilder, HoldFilter>();
        pages
            .MapPost("/people/{id}/unlink", AccountEndpoints.RemoveOfAsync)
            .WithMetadata(new RequestSizeLimitAttribute(AccountEndpoints.MaxForm))
            .Asks(Act.UnlinkAccount, Things.Person(ConsoleEndpoints.Message));
        var own = pages
            .MapGroup("")
            .IsForPerson(Own)
            .WithMetadata(new RequestSizeLimitAttribute(AccountEndpoints.MaxForm));
        own.MapMethods(AccountRoutes.Account, Reads, AccountEndpoints.ShowAsync);
        own.MapPost(AccountRoutes.Link("{id}"), AccountEndpoints.BeginAsync);
        own.MapGet(AccountRoutes.Callback("{id}"), AccountEndpoints.FinishAsync);
        own.MapPost(AccountRoutes.Link("{id}") + "/code", AccountEndpoints.MakeCodeAsync);
        own.MapPost(AccountRoutes.Link("{id}") + "/proof", AccountEndpoints.ProveAsync);
        own.MapPost(AccountRoutes.Link("{id}") + "/remove", AccountEndpoints.RemoveAsync);
    }
}
