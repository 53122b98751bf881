using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Mlflow;

/// <summary>Metrics, parameters and tags of MLflow runs.</summary>
internal sealed class LoggingEndpoints(TrackingStore store)
{
    private const int MostMetrics = 1000;
    private const int MostParameters = 100;
    private const int MostTags = 100;
    private const int MostTogether = 1000;
    private const int LargestHistoryPage = 25_000;

    public void Map(Routes routes)
    {
        routes.Map("POST /api/2.0/mlflow/runs/log-metric", r => OnActive(r, run => WriteMetrics(run, [r.Fields])));
        routes.Map(
            "POST /api/2.0/mlflow/runs/log-parameter",
            r => OnActive(r, run => WriteParameters(run, [r.Fields]))
        );
        routes.Map("POST /api/2.0/mlflow/runs/set-tag", r => OnActive(r, run => TagWriter.Write(run.Tags, [r.Fields])));
        routes.Map(
            "POST /api/2.0/mlflow/runs/delete-tag",
            r => OnActive(r, run => DeleteTag(run, r.TextOrEmpty("key")))
        );
        routes.Map("POST /api/2.0/mlflow/runs/log-batch", r => OnActive(r, run => WriteBatch(run, r)));
        routes.Map("GET /api/2.0/mlflow/metrics/get-history", History);
    }

    private ApiReply OnActive(ApiRequest request, Func<TrackedRun, ApiReply?> write)
    {
        if (!TrackedRunEndpoints.TryFind(store, request, out var run, out var refusal))
            return refusal;
        return run.IsDeleted
            ? ApiReply.InvalidState($"The run {run.Id} must be in the 'active' state. Current state is deleted.")
            : write(run) ?? ApiReply.Ok();
    }

    private static ApiReply? WriteBatch(TrackedRun run, ApiRequest request)
    {
        var (metrics, parameters, tags) = (
            request.Objects("metrics"),
            request.Objects("params"),
            request.Objects("tags")
        );
        if (metrics.Count > MostMetrics || parameters.Count > MostParameters || tags.Count > MostTags)
            return ApiReply.Invalid(
                $"A batch logging request can contain at most {MostMetrics} metrics, {MostParameters} params and {MostTags} tags."
            );
        if (metrics.Count + parameters.Count + tags.Count > MostTogether)
            return ApiReply.Invalid($"A batch logging request can contain at most {MostTogether} entries.");
        return WriteParameters(run, parameters) ?? TagWriter.Write(run.Tags, tags) ?? WriteMetrics(run, metrics);
    }

    private static ApiReply? WriteMetrics(TrackedRun run, IReadOnlyList<JsonObject> metrics)
    {
        foreach (var metric in metrics)
        {
            if (NameRules.Fault("metric", Text(metric, "key")) is { } fault)
                return ApiReply.Invalid(fault);
            if (metric["value"] is null || metric["timestamp"] is null)
                return ApiReply.Invalid($"Metric '{Text(metric, "key")}' needs value and timestamp.");
        }
        run.Metrics.AddRange(metrics.Select(Point));
        return null;
    }

    private static MetricPoint Point(JsonObject metric) =>
        new(
            Text(metric, "key"),
            Number(metric["value"]!.AsValue()),
            metric["timestamp"]!.GetValue<long>(),
            metric["step"]?.GetValue<long>() ?? 0
        );

    private static double Number(JsonValue value) =>
        value.TryGetValue<string>(out var word)
            ? double.Parse(word, CultureInfo.InvariantCulture)
            : value.GetValue<double>();

    private static ApiReply? WriteParameters(TrackedRun run, IReadOnlyList<JsonObject> parameters)
    {
        foreach (var parameter in parameters)
        {
            var (key, value) = (Text(parameter, "key"), Text(parameter, "value"));
            if (NameRules.Fault("parameter", key) is { } fault)
                return ApiReply.Invalid(fault);
            if (value.Length > NameRules.LongestParameter)
                return ApiReply.Invalid($"Param value of '{key}' exceeds {NameRules.LongestParameter} characters.");
            if (run.Parameters.TryGetValue(key, out var old) && old != value)
                return ApiReply.Invalid(
                    $"Changing param values is not allowed. Param with key='{key}' was already logged with value='{old}'."
                );
        }
        foreach (var parameter in parameters)
            run.Parameters[Text(parameter, "key")] = Text(parameter, "value");
        return null;
    }

    private static ApiReply? DeleteTag(TrackedRun run, string key) =>
        run.Tags.Remove(key) ? null : ApiReply.NotFound($"No tag with name: {key} in run with id {run.Id}");

    private ApiReply History(ApiRequest request)
    {
        if (!TrackedRunEndpoints.TryFind(store, request, out var run, out var refusal))
            return refusal;
        if (request.Text("metric_key") is not { } key)
            return ApiReply.Invalid("Missing required field: metric_key");
        var points = run.Metrics.Where(m => m.Key == key).OrderBy(m => m.Timestamp).ThenBy(m => m.Step).ToList();
        var size = long.Clamp(request.Number("max_results") ?? LargestHistoryPage, 1, LargestHistoryPage);
        if (Page.Of(points, request.Text("page_token"), size, p => p.ToJson()) is not { } page)
            return ApiReply.Invalid("page_token is not valid.");
        return ApiReply.Ok(new JsonObject { ["metrics"] = page.Json, ["next_page_token"] = page.NextToken });
    }

    private static string Text(JsonObject json, string name) => json[name]?.GetValue<string>() ?? "";
}
