using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>Existing jobs, which <c>run-now</c> starts.</summary>
internal sealed class JobEndpoints(JobStore store, TaskCheck check, TimeProvider time)
{
    private const int DefaultLimit = 20;
    private const int HighestLimit = 100;

    public void Map(Routes routes)
    {
        routes.Map("POST /api/2.2/jobs/create", Create);
        routes.Map("POST /api/2.2/jobs/delete", Delete);
        routes.Map("POST /api/2.2/jobs/reset", Reset);
        routes.Map("GET /api/2.2/jobs/get", Get);
        routes.Map("GET /api/2.2/jobs/list", List);
    }

    public static ApiReply Missing(long id) => ApiReply.Invalid($"Job {id} does not exist.");

    private ApiReply Create(ApiRequest request)
    {
        if (Fault(request.Fields) is { } fault)
            return ApiReply.Invalid(fault);
        var settings = request.Fields.DeepClone().AsObject();
        settings.Remove("access_control_list");
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var job = new StoredJob(store.NextJobId(), request.Caller.UserName, now, settings);
        store.Jobs.Add(job.Id, job);
        return ApiReply.Ok(new JsonObject { ["job_id"] = job.Id });
    }

    /// <summary>All settings are replaced; runs that were launched keep theirs.</summary>
    private ApiReply Reset(ApiRequest request)
    {
        var id = request.Number("job_id")!.Value;
        if (!store.Jobs.TryGetValue(id, out var job))
            return Missing(id);
        var settings = request.Fields["new_settings"]!.DeepClone().AsObject();
        if (Fault(settings) is { } fault)
            return ApiReply.Invalid(fault);
        store.Jobs[id] = job with { Settings = settings };
        return ApiReply.Ok();
    }

    private string? Fault(JsonObject settings)
    {
        if (check.Fault(settings) is { } fault)
            return fault;
        var names = (settings["parameters"] as JsonArray ?? []).Select(p => p!["name"]!.GetValue<string>()).ToList();
        return names.Distinct().Count() == names.Count ? null : "Job parameters must have different names.";
    }

    private ApiReply Delete(ApiRequest request)
    {
        var id = request.Number("job_id")!.Value;
        return store.Jobs.Remove(id) ? ApiReply.Ok() : Missing(id);
    }

    private ApiReply Get(ApiRequest request)
    {
        if (request.Number("job_id") is not { } id)
            return ApiReply.Invalid("Missing required field: job_id");
        return store.Jobs.TryGetValue(id, out var job) ? ApiReply.Ok(Json(job)) : Missing(id);
    }

    private ApiReply List(ApiRequest request)
    {
        var limit = request.Number("limit") ?? DefaultLimit;
        if (limit is < 1 or > HighestLimit)
            return ApiReply.Invalid($"limit must be between 1 and {HighestLimit}.");
        var name = request.Text("name");
        var matching = store.Jobs.Values.Where(j => name is null || IsNamed(j, name)).Reverse().ToList();
        if (Page.Of(matching, request.Text("page_token"), limit, Json) is not { } page)
            return ApiReply.Invalid("page_token is not valid.");
        return ApiReply.Ok(
            new JsonObject
            {
                ["jobs"] = page.Json,
                ["has_more"] = page.NextToken is not null,
                ["next_page_token"] = page.NextToken,
            }
        );
    }

    private static bool IsNamed(StoredJob job, string name) =>
        string.Equals(job.Settings["name"]?.GetValue<string>(), name, StringComparison.OrdinalIgnoreCase);

    private static JsonObject Json(StoredJob job) =>
        new()
        {
            ["job_id"] = job.Id,
            ["creator_user_name"] = job.Creator,
            ["created_time"] = job.CreatedAt,
            ["settings"] = job.Settings.DeepClone(),
        };
}
