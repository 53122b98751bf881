using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Bascule.Server.Console.Explorer;
using Bascule.Server.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Console;

/// <summary>The pages that people look at: on the public listener for who is signed in; while nobody can sign in, on the local one for whoever is on the machine.</summary>
public static class ConsoleExtensions
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Needs what the API needs, the environments, IRunCommands, IApprovals, a TimeProvider and, for the pages of the audit log, what AddAuditLog adds.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddComparisons();
        services.AddRazorComponents();
        services.AddSingleton<ConsoleAssets>();
        services.AddSingleton<ConsoleReader>();
        services.AddSingleton<ApprovalsReader>();
        services.AddSingleton<LineageViews>();
        services.AddSingleton<ExplainReader>();
        services.AddSingleton<ExplorerReader>();
        return services;
    }

    public static IEndpointRouteBuilder MapConsole(this IEndpointRouteBuilder endpoints)
    {
        var console = endpoints.MapGroup("").WithMetadata(new Inside(IsPage: true));
        console.AddEndpointFilter<RouteGroupBuilder, ConsoleFailureFilter>();
        console.AddEndpointFilter<RouteGroupBuilder, HoldFilter>();
        console.AddEndpointFilter<RouteGroupBuilder, WaitingFilter>();
        console.MapMethods("/", Reads, ConsoleEndpoints.RunsAsync).Asks(Act.ReadRuns);
        console
            .MapMethods("/runs/{id}", Reads, ConsoleEndpoints.RunAsync)
            .Asks(Act.ReadRuns, Things.Run(ConsoleEndpoints.Message));
        console
            .MapMethods(RunLinks.ChartRoute, Reads, ChartFiles.MetricsAsync)
            .Asks(Act.ReadRuns, Things.Run(ConsoleEndpoints.Message));
        console
            .MapMethods("/runs/{id}/statements.intoto.jsonl", Reads, StatementFiles.LinesAsync)
            .Asks(Act.ReadRuns, Things.Run(ConsoleEndpoints.Message));
        console
            .MapMethods("/runs/{id}/run.sigstore.json", Reads, StatementFiles.RunBundleAsync)
            .Asks(Act.ReadRuns, Things.Run(ConsoleEndpoints.Message));
        console
            .MapMethods("/runs/{id}/slsa.sigstore.json", Reads, StatementFiles.SlsaBundleAsync)
            .Asks(Act.ReadRuns, Things.Run(ConsoleEndpoints.Message));
        console.MapMethods("/approvals", Reads, ConsoleEndpoints.ApprovalsAsync).Asks(Act.ReadRuns);
        console.MapMethods("/lineage", Reads, LineageEndpoints.LineageAsync).Asks(Act.ReadRuns);
        console.MapMethods("/environments", Reads, LineageEndpoints.EnvironmentsAsync).Asks(Act.ReadRuns);
        console.MapRunForms();
        console.MapExplorer();
        console.MapMethods("/deliveries", Reads, ConsoleEndpoints.DeliveriesAsync).Asks(Act.ReadDeliveries);
        console.MapMethods("/forges", Reads, ConsoleEndpoints.ForgesAsync).Asks(Act.ReadForges);
        console.MapMethods("/people", Reads, ConsoleEndpoints.PeopleAsync).Asks(Act.ReadPeople);
        console.MapMethods("/people/explain", Reads, ConsoleEndpoints.ExplainAsync).Asks(Act.ReadPeople);
        console
            .MapMethods("/people/{id}", Reads, ConsoleEndpoints.PersonAsync)
            .Asks(Act.ReadPeople, Things.Person(ConsoleEndpoints.Message));
        console
            .MapPost("/theme", (Delegate)Themes.ChooseAsync)
            .IsOpen("sets a cookie of whoever asks, and nothing else");
        console
            .MapMethods(
                "/assets/{name}",
                Reads,
                (string name, string? v, ConsoleAssets assets, HttpResponse response) =>
                    assets.Answer(name, v, response)
            )
            .IsOpen("style, script and icon are the same for everybody");
        console.MapFallback("/{**path}", ConsoleEndpoints.Nothing).IsOpen("says that there is no such page");
        return endpoints;
    }
}
