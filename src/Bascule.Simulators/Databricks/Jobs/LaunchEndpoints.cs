using System.Text;
using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary><c>runs/submit</c> and <c>run-now</c>, with their idempotency token.</summary>
internal sealed class LaunchEndpoints(
    JobStore store,
    TaskCheck check,
    GitRemotes remotes,
    Launcher launcher,
    TimeProvider time
)
{
    private const int LongestToken = 64;

    public List<SubmittedRun> Submitted { get; } = [];

    public void Map(Routes routes)
    {
        routes.Map("POST /api/2.2/jobs/runs/submit", Submit);
        routes.Map("POST /api/2.2/jobs/run-now", RunNow);
    }

    private ApiReply Submit(ApiRequest request)
    {
        if (check.Fault(request.Fields) is { } fault)
            return ApiReply.Invalid(fault);
        return Once(
            request,
            "runs/submit",
            () =>
                Describe(
                    request,
                    request.Fields,
                    store.NextJobId(),
                    request.Text("run_name") ?? "Untitled",
                    "SUBMIT_RUN",
                    []
                )
        );
    }

    private ApiReply RunNow(ApiRequest request)
    {
        if (!store.Jobs.TryGetValue(request.Number("job_id")!.Value, out var job))
            return JobEndpoints.Missing(request.Number("job_id")!.Value);
        string[] legacy =
        [
            "jar_params",
            "notebook_params",
            "python_params",
            "python_named_params",
            "spark_submit_params",
        ];
        if (legacy.FirstOrDefault(l => request.Fields[l] is not null) is { } used)
            return ApiReply.Invalid($"The simulator takes job_parameters only, not {used}.");
        var given = (request.Fields["job_parameters"] as JsonObject ?? []).ToDictionary(
            p => p.Key,
            p => p.Value!.GetValue<string>()
        );
        var defined = Defaults(job);
        if (given.Keys.FirstOrDefault(k => !defined.ContainsKey(k)) is { } unknown)
            return ApiReply.Invalid($"Job {job.Id} has no parameter '{unknown}'.");
        var merged = defined.ToDictionary(p => p.Key, p => given.GetValueOrDefault(p.Key, p.Value));
        var name = job.Settings["name"]?.GetValue<string>() ?? "Untitled";
        return Once(
            request,
            "run-now",
            () => Describe(request, job.Settings.DeepClone().AsObject(), job.Id, name, "JOB_RUN", merged)
        );
    }

    private static Dictionary<string, string> Defaults(StoredJob job) =>
        (job.Settings["parameters"] as JsonArray ?? []).ToDictionary(
            p => p!["name"]!.GetValue<string>(),
            p => p!["default"]!.GetValue<string>()
        );

    // "Databricks guarantees that exactly one run is launched with that idempotency token", whatever the second body says.
    private ApiReply Once(ApiRequest request, string operation, Func<JobRun> describe)
    {
        var token = request.Text("idempotency_token") is { Length: > 0 } given ? given : null;
        if (token?.Length > LongestToken)
            return ApiReply.Invalid($"idempotency_token must have at most {LongestToken} characters.");
        if (token is not null && store.RunOf(token) is { } earlier)
        {
            if (store.FindRun(earlier) is null)
                return ApiReply.InvalidState($"The run launched with idempotency_token '{token}' was deleted.");
            return Answer(request, operation, token, earlier, launched: false);
        }
        var run = describe();
        store.Add(run, token);
        launcher.Launch(run);
        return Answer(request, operation, token, run.RunId, launched: true);
    }

    private ApiReply Answer(ApiRequest request, string operation, string? token, long runId, bool launched)
    {
        var body = Encoding.UTF8.GetString(request.Body);
        Submitted.Add(new(runId, operation, token, request.Caller.UserName, body, launched, time.GetUtcNow()));
        var reply = new JsonObject { ["run_id"] = runId };
        if (operation == "run-now")
            reply["number_in_job"] = runId;
        return ApiReply.Ok(reply);
    }

    private JobRun Describe(
        ApiRequest request,
        JsonObject settings,
        long jobId,
        string name,
        string type,
        Dictionary<string, string> parameters
    ) =>
        new()
        {
            RunId = store.NextRunId(),
            JobId = jobId,
            Name = name,
            Type = type,
            Creator = request.Caller.UserName,
            StartTime = time.GetUtcNow().ToUnixTimeMilliseconds(),
            TimeoutSeconds = settings["timeout_seconds"]?.GetValue<long>() ?? 0,
            Parameters = parameters,
            GitSource = remotes.Resolve(settings),
            ParametersJson = parameters.Count == 0 ? null : ParametersOf(parameters),
            Tasks =
            [
                .. settings["tasks"]!.AsArray().Select(t => new TaskRun(store.NextRunId(), t!.DeepClone().AsObject())),
            ],
        };

    private static JsonArray ParametersOf(Dictionary<string, string> parameters) =>
        [.. parameters.Select(p => (JsonNode?)new JsonObject { ["name"] = p.Key, ["value"] = p.Value })];
}
