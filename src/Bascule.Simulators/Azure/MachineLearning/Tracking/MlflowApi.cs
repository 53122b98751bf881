using System.Text.Json;
using Bascule.Simulators.Azure.MachineLearning.Assets;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Databricks.Access;
using Bascule.Simulators.Databricks.Wire;
using Bascule.Simulators.Mlflow;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Azure.MachineLearning.Tracking;

/// <summary>MLflow's operations, with the fields that its own descriptions give them; which of them Azure ML serves was never confirmed.</summary>
internal sealed class MlflowApi
{
    private const string Start = "/api/2.0/mlflow/";
    private readonly FieldTable _table = FieldTable.Load("MlflowFacts.json");
    private readonly Routes _routes;
    private readonly RequestReader _reader;
    private readonly FieldCheck _check;
    private readonly Func<Func<ApiReply>, ApiReply> _locked;

    /// <param name="locked">What happens to the state happens between two requests, those of Azure Resource Manager included.</param>
    public MlflowApi(
        TrackingStore tracking,
        AssetStore assets,
        TimeProvider time,
        Func<Func<ApiReply>, ApiReply> locked
    )
    {
        (_routes, _reader, _check, _locked) = (new(_table), new(_table), new(_table), locked);
        new ExperimentEndpoints(tracking, _ => null, time).Map(_routes);
        new TrackedRunEndpoints(tracking, time, (_, _) => { }).Map(_routes);
        new LoggingEndpoints(tracking).Map(_routes);
        new ModelEndpoints(assets, tracking).Map(_routes);
        _routes.Seal();
    }

    /// <summary>Searches and GET read, all else writes.</summary>
    public static ArmRight Needed(string method, string operation) =>
        method == "GET" || operation.EndsWith("/search", StringComparison.Ordinal)
            ? new(ArmRole.Read, "workspaces/experiments/runs/read")
            : new(ArmRole.Write, "workspaces/experiments/runs/write");

    /// <param name="path">Below the tracking URI.</param>
    public ApiReply Answer(HttpRequest request, string path, string user, byte[] body)
    {
        if (!path.StartsWith(Start, StringComparison.Ordinal) || !_routes.TryFind(request.Method, path, out var route))
            return ApiReply.Refuse(404, "ENDPOINT_NOT_FOUND", $"No API found for '{request.Method} {path}'");
        var operation = _table.Operations[route.Operation];
        if (!_reader.TryRead(operation.Request, request.Query, body, out var fields, out var refusal))
            return refusal;
        var reply = _locked(() =>
            route.Handler(new ApiRequest(new Caller(user, IsAdmin: false), fields, route.Parts, body))
        );
        Databricks.Traffic.ReplyWriter.Prune(reply.Json);
        return reply.IsRefusal ? reply : Checked(operation.Reply!, reply);
    }

    /// <summary>A simulator that answers what MLflow would not answer proves nothing: its own replies pass the same table.</summary>
    private ApiReply Checked(string type, ApiReply reply)
    {
        using var document = JsonDocument.Parse(reply.Json!.ToJsonString());
        return _check.Body(type, document.RootElement, requireAll: false) is { } fault
            ? ApiReply.Refuse(500, "INTERNAL_ERROR", $"The simulator's own answer is not a {type}: {fault}")
            : reply;
    }
}
