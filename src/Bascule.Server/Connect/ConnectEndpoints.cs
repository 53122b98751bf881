using System.Text.Json;
using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Connect;

/// <summary>Lets the command line connect and examine through the process that holds the database: one finding a line (JSON Lines), as it is found.</summary>
internal static class ConnectEndpoints
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    public static void MapConnect(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        group.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        group
            .MapPost(
                "/connect",
                (Connector connector, HttpContext context, bool rotate = false) =>
                    WriteAsync(context.Response, connector.ConnectAsync(rotate, context.RequestAborted))
            )
            .Asks(Act.ConnectForge);
        group
            .MapPost(
                "/doctor",
                (Doctor doctor, HttpContext context) =>
                    WriteAsync(context.Response, doctor.ExamineAsync(context.RequestAborted))
            )
            .Asks(Act.ConnectForge);
    }

    private static async Task WriteAsync(HttpResponse response, IAsyncEnumerable<Finding> findings)
    {
        response.ContentType = "application/jsonl";
        await foreach (var finding in findings)
        {
            await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(finding, ApiJson.Default.Finding));
            await response.Body.WriteAsync(NewLine);
            await response.Body.FlushAsync();
        }
    }
}
