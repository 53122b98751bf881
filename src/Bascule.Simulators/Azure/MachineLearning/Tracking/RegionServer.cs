using System.Text;
using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Databricks.Traffic;
using Bascule.Simulators.Databricks.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bascule.Simulators.Azure.MachineLearning.Tracking;

/// <summary>
/// The endpoint of a region: MLflow's API and the run history of the workspace. Assumed: it takes the tokens of Azure Resource Manager, and a role at the
/// workspace counts here as it does there.
/// </summary>
internal sealed class RegionServer(
    AmlPlace place,
    MlflowApi mlflow,
    RunDetails details,
    ArmAccess access,
    ArmTraffic traffic,
    Faults faults
)
{
    private const int LargestBody = 8 * 1024 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        context.Response.Headers["X-Simulator"] = AmlPlace.Provider.Label;
        var body = await ReadAsync(request, context.RequestAborted);
        var fault = faults.Take(request.Method, request.Path.Value ?? "/", fromJob: false);
        if (fault is not null && await ReplyWriter.SpoilAsync(context, fault))
            return;
        var reply = body is null ? ApiReply.Malformed("The body is too large.") : Answer(request, body);
        ReplyWriter.Prune(reply.Json);
        Record(context, body ?? [], reply);
        if (fault?.Kind == FaultKind.AbortAfter)
        {
            context.Abort();
            return;
        }
        if (fault?.Kind == FaultKind.Forge && reply.Json is { } json)
            fault.Change!(json);
        await ReplyWriter.WriteAsync(context, reply);
    }

    private ApiReply Answer(HttpRequest request, byte[] body)
    {
        var path = request.Path.Value ?? "/";
        if (access.Identify(request.Headers.Authorization, out var stranger) is not { } claims)
            return Said(stranger!);
        if (Below(path, place.TrackingPath) is { } operation)
            return access.Refuse(claims, MlflowApi.Needed(request.Method, operation)) is { } refused
                ? ApiReply.Denied((string)refused.Body!["error"]!["message"]!)
                : mlflow.Answer(request, operation, (string)claims["appid"]!, body);
        if (Below(path, place.HistoryPath) is { } run)
            return Said(
                request.Method != HttpMethods.Get
                    ? AmlReply.NotAllowed()
                    : access.Refuse(claims, new(ArmRole.Read, "workspaces/experiments/runs/read"))
                        ?? details.Answer(run)
            );
        return Said(ArmReply.Refuse(404, "NotFound", "No such address."));
    }

    private static string? Below(string path, string start) =>
        path.StartsWith(start + "/", StringComparison.OrdinalIgnoreCase) ? path[start.Length..] : null;

    private static ApiReply Said(ArmReply reply) => new(reply.Status, reply.Body) { Headers = reply.Headers };

    private void Record(HttpContext context, byte[] body, ApiReply reply)
    {
        var request = context.Request;
        traffic.Record(
            new(
                request.Method,
                context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0],
                request.QueryString.Value ?? "",
                request.ContentType,
                null,
                null,
                Encoding.UTF8.GetString(body),
                reply.Status,
                reply.Headers,
                reply.Json?.ToJsonString() ?? ""
            )
        );
    }

    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0; )
        {
            if (buffer.Length + read > LargestBody)
                return null;
            await buffer.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
        }
        return buffer.ToArray();
    }
}
