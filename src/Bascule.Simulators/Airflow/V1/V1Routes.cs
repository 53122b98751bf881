using System.Text.Json.Nodes;
using Bascule.Simulators.Airflow.Bundle;
using Bascule.Simulators.Airflow.Runs;
using Bascule.Simulators.Airflow.Wire;

namespace Bascule.Simulators.Airflow.V1;

/// <summary>The operations of REST v1 that are served.</summary>
internal sealed class V1Routes(AirflowSimulatorOptions options, DagStore dags, RunStore runs)
{
    private const int DefaultPage = 100;
    private const string Runs = "/dags/{dag_id}/dagRuns";
    private const string OneRun = Runs + "/{dag_run_id}";
    private static readonly string[] Paging = ["limit", "offset"];

    private static readonly BodyField[] TriggerFields =
    [
        new("dag_run_id", FieldKind.Text),
        new("logical_date", FieldKind.Instant),
        new("execution_date", FieldKind.Instant),
        new("data_interval_start", FieldKind.Instant),
        new("data_interval_end", FieldKind.Instant),
        new("conf", FieldKind.Map),
        new("note", FieldKind.Text, Longest: 1000),
    ];

    private static readonly BodyField[] PatchFields = [new("state", FieldKind.Text, ["success", "failed", "queued"])];

    private readonly V1Json _json = new(options);

    public IReadOnlyList<AirflowRoute> All() =>
        [
            new("GET", "/version", AirflowRole.Public, [], _ => Version()),
            new("GET", "/dags", AirflowRole.Viewer, Paging, ListDags),
            new("GET", "/dags/{dag_id}", AirflowRole.Viewer, [], r => OfDag(r, dag => Ok(_json.Dag(dag)))),
            new("GET", "/dags/{dag_id}/details", AirflowRole.Viewer, [], r => OfDag(r, dag => Ok(_json.Details(dag)))),
            new("GET", "/dagSources/{file_token}", AirflowRole.Viewer, [], Source),
            new("GET", "/importErrors", AirflowRole.Viewer, Paging, ListErrors),
            new("POST", Runs, AirflowRole.User, [], Trigger) { Fields = TriggerFields },
            new("GET", OneRun, AirflowRole.Viewer, [], r => OfRun(r, Shown)),
            new("PATCH", OneRun, AirflowRole.User, [], r => OfRun(r, run => Patch(r, run)))
            {
                Fields = PatchFields,
                Required = ["state"],
            },
            new("GET", OneRun + "/taskInstances", AirflowRole.Viewer, Paging, r => OfRun(r, run => Tasks(r, run))),
            new(
                "GET",
                OneRun + "/taskInstances/{task_id}/logs/{task_try_number}",
                AirflowRole.Viewer,
                ["full_content"],
                r => OfRun(r, run => Log(r, run))
            ),
        ];

    private DateTimeOffset Now => options.TimeProvider.GetUtcNow();

    private static AirflowReply Ok(JsonNode json) => AirflowReply.Ok(json);

    private static AirflowReply Version() => Ok(new JsonObject { ["version"] = "2.10.0", ["git_version"] = null });

    private AirflowReply ListDags(AirflowRequest request)
    {
        var active = dags.All.Where(dag => !dag.IsStale).ToList();
        return Listing("dags", active.Count, request.Page(active, DefaultPage).Select(_json.Dag));
    }

    /// <summary>As text for those who ask for it, otherwise as JSON.</summary>
    private AirflowReply Source(AirflowRequest request)
    {
        if (dags.FindSource(request.Part("file_token")) is not { } dag)
            return V1Api.Problem(404, "Dag source not found");
        return request.Accept == "text/plain"
            ? AirflowReply.Text(dag.File.Text)
            : Ok(new JsonObject { ["content"] = dag.File.Text });
    }

    private AirflowReply ListErrors(AirflowRequest request) =>
        Listing("import_errors", dags.Errors.Count, request.Page(dags.Errors, DefaultPage).Select(_json.Error));

    private AirflowReply Trigger(AirflowRequest request)
    {
        if (dags.Find(request.Part("dag_id")) is not { IsStale: false } dag)
            return V1Api.Problem(404, $"DAG with dag_id: '{request.Part("dag_id")}' not found");
        if (dag.HasImportErrors)
            return V1Api.Problem(400, $"DAG with dag_id: '{dag.Id}' has import errors");
        var asked = new TriggerBody(request.Body);
        var at = asked.LogicalDate ?? Now;
        var id = asked.RunId ?? $"manual__{V1Json.Instant(at)}";
        if (!RunStore.IsAllowed(id))
            return V1Api.Problem(
                400,
                $"The run_id provided '{id}' does not match the pattern '{RunStore.AllowedPattern}'"
            );
        if (runs.Conflicting(dag, id, asked.LogicalDate) is { } other)
            return V1Api.Problem(
                409,
                other.Id == id
                    ? $"DAGRun with DAG ID: '{dag.Id}' and DAGRun ID: '{id}' already exists"
                    : $"DAGRun with DAG ID: '{dag.Id}' and DAGRun logical date: '{V1Json.Instant(at)}' already exists"
            );
        var run = new DagRun(dag, id, Now, options)
        {
            LogicalDate = at,
            Conf = asked.Conf,
            Note = asked.Note,
        };
        runs.Add(run);
        return Shown(run);
    }

    private AirflowReply Shown(DagRun run) => Ok(_json.Run(run, Now));

    private AirflowReply Patch(AirflowRequest request, DagRun run)
    {
        var wanted = request.Body.GetProperty("state").GetString();
        if (wanted is null or "queued")
            return V1Api.Problem(501, "The Airflow simulator does not clear runs.");
        run.End(wanted == "failed", Now);
        return Shown(run);
    }

    private AirflowReply Tasks(AirflowRequest request, DagRun run)
    {
        var all = run.Tasks(Now);
        return Listing(
            "task_instances",
            all.Count,
            request.Page(all, DefaultPage).Select(task => V1Json.Task(run, task))
        );
    }

    private AirflowReply Log(AirflowRequest request, DagRun run)
    {
        var task = run.Tasks(Now).FirstOrDefault(task => task.Id == request.Part("task_id"));
        if (task is null || request.Part("task_try_number") != "1" || task.StartedAt is null)
            return V1Api.Problem(404, "TaskInstance not found");
        var text = string.Join('\n', TaskLog.Lines(run, task)) + "\n";
        return request.Accept == "text/plain"
            ? AirflowReply.Text(text)
            : Ok(new JsonObject { ["content"] = $"[('simulator', {JsonValue.Create(text).ToJsonString()})]" });
    }

    private AirflowReply OfDag(AirflowRequest request, Func<DagEntry, AirflowReply> answer) =>
        dags.Find(request.Part("dag_id")) is { } dag
            ? answer(dag)
            : V1Api.Problem(404, $"The DAG with dag_id: {request.Part("dag_id")} was not found");

    private AirflowReply OfRun(AirflowRequest request, Func<DagRun, AirflowReply> answer) =>
        runs.Find(request.Part("dag_id"), request.Part("dag_run_id")) is { } run
            ? answer(run)
            : V1Api.Problem(
                404,
                $"DAGRun with DAG ID: '{request.Part("dag_id")}' and DagRun ID: '{request.Part("dag_run_id")}' not found"
            );

    private static AirflowReply Listing(string name, int total, IEnumerable<JsonObject> items) =>
        Ok(new JsonObject { [name] = new JsonArray([.. items]), ["total_entries"] = total });
}
