using Bascule.Core.Api;
using Bascule.Server.Access;
using Bascule.Server.Console;
using Bascule.Server.Console.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Console;

/// <summary>The page of forges with one that is well and one that is not: without the comparisons that would make its numbers.</summary>
internal static class SampleForges
{
    public const string Path = "/sample-forges";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                Path,
                (HttpContext context, ConsoleAssets assets) =>
                    ConsoleEndpoints.Page<ForgesPage>(
                        context,
                        assets,
                        new ForgeList([AForge("git", 0), AForge("old", 3)])
                    )
            )
            .WithMetadata(new Inside(IsPage: true))
            .IsOpen("shows how the page of forges looks");

    private static ForgeRecord AForge(string name, long lost) =>
        new()
        {
            Name = name,
            Kind = "gitea",
            Url = $"https://{name}.example.com",
            WindowHours = 168,
            ByHook = new SeenRecord(812, 1.2, 3.4, 61),
            ByReconciler = new SeenRecord(lost, 40, 200, 300),
            Rewritten = lost,
            Repositories = 40,
            NeverCompared = lost,
            Unanswered = lost,
            WithUnhandledPullRequests = lost,
            Waiting = lost,
            Requests = 5120,
            LastRoundAt = Noon,
            SweepEndedAt = lost == 0 ? Noon.AddHours(-1) : null,
            OldestComparedAt = Noon.AddHours(-3),
            SweepPromiseHours = 24,
        };
}
