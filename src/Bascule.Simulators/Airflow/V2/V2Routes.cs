using System.Text.Json.Nodes;
using Bascule.Simulators.Airflow.Bundle;
using Bascule.Simulators.Airflow.Runs;
using Bascule.Simulators.Airflow.Wire;

namespace Bascule.Simulators.Airflow.V2;

/// <summary>The operations of REST v2 that are served.</summary>
internal sealed class V2Routes(AirflowSimulatorOptions options, DagStore dags, RunStore runs)
{
    private const int DefaultPage = 50;
    private const string Runs = "/dags/{dag_id}/dagRuns";
    private const string OneRun = Runs + "/{dag_run_id}";
    private static readonly string[] Paging = ["limit", "offset"];

    private static readonly BodyField[] TriggerFields =
    [
        new("dag_run_id", FieldKind.Text),
        new("logical_date", FieldKind.Instant),
        new("run_after", FieldKind.Instant),
        new("data_interval_start", FieldKind.Instant),
        new("data_interval_end", FieldKind.Instant),
        new("conf", FieldKind.Map),
        new("note", FieldKind.Text),
        new("partition_key", FieldKind.Text),
    ];

    private static readonly BodyField[] PatchFields =
    [
        new("state", FieldKind.Text, ["queued", "success", "failed"]),
        new("note", FieldKind.Text, Longest: 1000),
    ];

    private readonly V2Json _json = new(options);

    public IReadOnlyList<AirflowRoute> All() =>
        [
            new("GET", "/version", AirflowRole.Public, [], _ => Version()),
            new("GET", "/dags", AirflowRole.Viewer, [.. Paging, "exclude_stale"], ListDags),
            new("GET", "/dags/{dag_id}", AirflowRole.Viewer, [], r => OfDag(r, dag => Ok(_json.Dag(dag)))),
            new("GET", "/dags/{dag_id}/details", AirflowRole.Viewer, [], r => OfDag(r, dag => Ok(_json.Details(dag)))),
            new(
                "GET",
                "/dags/{dag_id}/dagVersions",
                AirflowRole.Viewer,
                Paging,
                r => OfDag(r, dag => Versions(r, dag))
            ),
            new("GET", "/dagSources/{dag_id}", AirflowRole.Viewer, [], r => OfDag(r, Source)),
            new("GET", "/importErrors", AirflowRole.Viewer, Paging, ListErrors),
            // In 3.0 and 3.1 logical_date may be null but not absent; the stricter rule is the one to keep.
            new("POST", Runs, AirflowRole.User, [], Trigger) { Fields = TriggerFields, Required = ["logical_date"] },
            new("GET", OneRun, AirflowRole.Viewer, [], r => OfRun(r, Shown)),
            new("PATCH", OneRun, AirflowRole.User, [], r => OfRun(r, run => Patch(r, run))) { Fields = PatchFields },
            new("GET", OneRun + "/taskInstances", AirflowRole.Viewer, Paging, r => OfRun(r, run => Tasks(r, run))),
            new(
                "GET",
                OneRun + "/taskInstances/{task_id}/logs/{try_number}",
                AirflowRole.Viewer,
                ["full_content"],
                r => OfRun(r, run => Log(r, run))
            ),
        ];

    private DateTimeOffset Now => options.TimeProvider.GetUtcNow();

    private static AirflowReply Ok(JsonNode json) => AirflowReply.Ok(json);

    private static AirflowReply Version() => Ok(new JsonObject { ["version"] = "3.2.1", ["git_version"] = null });

    private AirflowReply ListDags(AirflowRequest request)
    {
        var all = dags.All.Where(dag => request.Asked("exclude_stale") == "false" || !dag.IsStale).ToList();
        return Listing("dags", all.Count, request.Page(all, DefaultPage).Select(_json.Dag));
    }

    private AirflowReply Versions(AirflowRequest request, DagEntry dag) =>
        Listing(
            "dag_versions",
            dag.Versions.Count,
            request.Page(dag.Versions, DefaultPage).Select(version => _json.Version(dag, version))
        );

    private static AirflowReply Source(DagEntry dag) => Ok(V2Json.Source(dag));

    private AirflowReply ListErrors(AirflowRequest request) =>
        Listing("import_errors", dags.Errors.Count, request.Page(dags.Errors, DefaultPage).Select(_json.Error));

    private AirflowReply Trigger(AirflowRequest request)
    {
        if (dags.Find(request.Part("dag_id")) is not { IsStale: false } dag)
            return V2Api.Detail(404, $"DAG with dag_id: '{request.Part("dag_id")}' not found");
        if (dag.HasImportErrors)
            return V2Api.Detail(400, $"DAG with dag_id: '{dag.Id}' has import errors and cannot be triggered");
        var asked = new TriggerBody(request.Body);
        if (asked.HasHalfAnInterval)
            return V2Api.Detail(
                422,
                new JsonArray(
                    TriggerBody.Fault("Either both data_interval_start and data_interval_end must be provided")
                )
            );
        var id = asked.RunId ?? $"manual__{V2Json.Instant(Now)}_{Guid.NewGuid().ToString("N")[..8]}";
        if (!RunStore.IsAllowed(id))
            return V2Api.Detail(
                400,
                $"The run_id provided '{id}' does not match regex pattern '{RunStore.AllowedPattern}'"
            );
        if (runs.Conflicting(dag, id, asked.LogicalDate) is not null)
            return V2Api.Detail(409, TriggerBody.Conflict());
        var run = new DagRun(dag, id, Now, options)
        {
            LogicalDate = asked.LogicalDate,
            Conf = asked.Conf,
            Note = asked.Note,
            UserName = request.User.UserName,
        };
        runs.Add(run);
        return Shown(run);
    }

    private AirflowReply Shown(DagRun run) => Ok(_json.Run(run, Now));

    private AirflowReply Patch(AirflowRequest request, DagRun run)
    {
        if (request.Body.TryGetProperty("note", out var note))
            run.Note = note.GetString();
        if (request.Body.TryGetProperty("state", out var state) && state.GetString() is { } wanted)
        {
            if (wanted == "queued")
                return V2Api.Detail(501, "The Airflow simulator does not clear runs.");
            run.End(wanted == "failed", Now);
        }
        return Shown(run);
    }

    private AirflowReply Tasks(AirflowRequest request, DagRun run)
    {
        var all = run.Tasks(Now);
        return Listing(
            "task_instances",
            all.Count,
            request.Page(all, DefaultPage).Select(task => _json.Task(run, task))
        );
    }

    private AirflowReply Log(AirflowRequest request, DagRun run)
    {
        var task = run.Tasks(Now).FirstOrDefault(task => task.Id == request.Part("task_id"));
        if (task is null || request.Part("try_number") != "1" || task.StartedAt is not { } start)
            return V2Api.Detail(404, "TaskInstance not found");
        return Ok(
            new JsonObject
            {
                ["content"] = new JsonArray([
                    .. TaskLog.Lines(run, task).Select(line => (JsonNode)_json.Line(start, line)),
                ]),
                ["continuation_token"] = null,
            }
        );
    }

    private AirflowReply OfDag(AirflowRequest request, Func<DagEntry, AirflowReply> answer) =>
        dags.Find(request.Part("dag_id")) is { } dag
            ? answer(dag)
            : V2Api.Detail(404, $"Dag with id {request.Part("dag_id")} was not found");

    private AirflowReply OfRun(AirflowRequest request, Func<DagRun, AirflowReply> answer) =>
        runs.Find(request.Part("dag_id"), request.Part("dag_run_id")) is { } run
            ? answer(run)
            : V2Api.Detail(
                404,
                $"The DagRun with dag_id: `{request.Part("dag_id")}` and run_id: `{request.Part("dag_run_id")}` was not found"
            );

    private static AirflowReply Listing(string name, int total, IEnumerable<JsonObject> items) =>
        Ok(new JsonObject { [name] = new JsonArray([.. items]), ["total_entries"] = total });
}
