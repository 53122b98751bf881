using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Deployments;
using Bascule.Core.Json;
using Bascule.Core.Platforms;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>What a deployment brings, as the gate found it and as the plan keeps it: the run is observed by its plan alone.</summary>
/// <param name="Files">Python files below the folder that Airflow follows, by their paths there.</param>
internal sealed record AirflowPlan(IReadOnlyList<AwaitedDag> Dags, IReadOnlyList<string> Files)
{
    private const int MostShown = 20;

    /// <summary>Denied when the gate finds an error: with file and line of each, as many as anybody reads at once.</summary>
    public static async Task<Result<PlatformPlan>> MakeAsync(
        AirflowOptions options,
        DagGate gate,
        PlanRequest request,
        CancellationToken cancellationToken
    )
    {
        var environment = (AirflowEnvironment?)request.Environment ?? new AirflowEnvironment();
        var policy = environment.Policy;
        var tree = await ReadAsync(request.Tree, policy, cancellationToken);
        if (tree.Files.Count == 0)
            return Problem.Denied(
                $"there is no folder '{policy.Folder}' with DAG files at this commit; commit one, or have an operator correct dags.folder of the environment"
            );
        var checkedDags = await gate.CheckAsync(tree, policy, [], cancellationToken);
        if (checkedDags.Failed(out var problem))
            return problem;
        var report = checkedDags.Value;
        if (!report.IsPassed)
            return Problem.Denied(Points.Of("the DAGs are not fit to be deployed", Errors(report)));
        var task = (AirflowTask)request.Task;
        if (task.Run is { } run && report.Dags.All(dag => dag.Id != run))
            return Problem.Denied(
                $"the workflow runs DAG '{run}', and no file below '{policy.Folder}' says that it defines it; correct airflow.run, or write the id as a text in the file"
            );
        var plan = Of(tree, report);
        return new PlatformPlan(
            CanonicalJson.ToText(plan.Json(options, request, policy)),
            $"deploy ref of {request.RepositoryName}",
            [.. plan.Lines(options, request)],
            [.. report.Findings.Where(one => one.Severity == DagSeverity.Warning).Take(MostShown).Select(Line)]
        )
        {
            HoldsAlone = true,
        };
    }

    /// <summary>Internal when the plan is none of these.</summary>
    public static Result<AirflowPlan> Read(string? json)
    {
        try
        {
            var plan = JsonNode.Parse(json ?? "null")!.AsObject();
            return new AirflowPlan(
                [
                    .. plan["dags"]!
                        .AsObject()
                        .Select(dag => new AwaitedDag(
                            dag.Key,
                            (string)dag.Value!["file"]!,
                            (string)dag.Value["source"]!
                        )),
                ],
                [.. plan["files"]!.AsArray().Select(file => (string)file!)]
            );
        }
        catch (Exception wrong) when (wrong is JsonException or NullReferenceException or InvalidOperationException)
        {
            return Problem.Internal("the plan of this run is not one for Airflow; start it anew");
        }
    }

    private static AirflowPlan Of(DagTree tree, DagReport report)
    {
        var sources = tree.Files.Where(file => file.IsPython).ToDictionary(file => tree.PlaceOf(file.Path));
        return new AirflowPlan(
            [
                .. report
                    .Dags.DistinctBy(dag => dag.Id)
                    .Select(dag => new AwaitedDag(
                        dag.Id,
                        sources[dag.Path].Path,
                        DagText.DigestOf(Encoding.UTF8.GetString(sources[dag.Path].Bytes!.Value.Span))
                    )),
            ],
            [.. sources.Values.Select(file => file.Path)]
        );
    }

    /// <summary>What lies below the folder; bytes of no more of it than the gate may look at.</summary>
    private static async Task<DagTree> ReadAsync(
        IContentTree tree,
        DagPolicy policy,
        CancellationToken cancellationToken
    )
    {
        var start = policy.Folder.Length == 0 ? "" : policy.Folder + "/";
        var below = tree.Entries.Where(entry => entry.Path.StartsWith(start, StringComparison.Ordinal)).ToList();
        var limits = DagTreeLimits.Of(policy);
        var (files, total) = (new List<DagFile>(below.Count), 0L);
        foreach (var entry in below)
        {
            var isRead =
                below.Count <= limits.Files
                && entry.Kind != TreeEntryKind.Submodule
                && entry.Size <= limits.FileBytes
                && (total += entry.Size) <= DagTreeLimits.TotalBytes;
            ReadOnlyMemory<byte>? bytes = null;
            if (isRead)
                bytes = await tree.ReadAsync(entry, cancellationToken);
            files.Add(new DagFile(entry.Path[start.Length..], entry.Kind, entry.Size, bytes));
        }
        return new DagTree(policy.Folder, files);
    }

    /// <summary>The commit stands in the member <c>commit</c> alone, and the same DAGs make the same plan otherwise.</summary>
    private JsonObject Json(AirflowOptions options, PlanRequest request, DagPolicy policy)
    {
        var task = (AirflowTask)request.Task;
        var dags = new JsonObject();
        foreach (var dag in Dags)
            dags[dag.Id] = new JsonObject { ["file"] = dag.Path, ["source"] = dag.SourceDigest };
        return new JsonObject
        {
            ["address"] = options.Url.AbsoluteUri,
            ["commit"] = request.Commit.ToString(),
            ["connection"] = options.Name,
            ["content"] = request.Content.Hex,
            ["dags"] = dags,
            ["environment"] = request.EnvironmentName,
            ["files"] = new JsonArray([.. Files.Select(file => JsonValue.Create(file))]),
            ["folder"] = policy.Folder,
            ["kind"] = AirflowDefaults.Kind,
            ["ref"] = request.EnvironmentName is { } name ? RefOf(name) : null,
            ["repository"] = request.RepositoryName,
            ["run"] = task.Run is { } run
                ? new JsonObject
                {
                    ["conf"] = task.ConfOf("{{commit}}", "{{run}}"),
                    ["dag"] = run,
                    ["dag_run_id"] = "{{key}}",
                }
                : null,
            ["workflow"] = request.Workflow,
        };
    }

    private IEnumerable<string> Lines(AirflowOptions options, PlanRequest request)
    {
        yield return request.EnvironmentName is { } name
            ? $"Airflow '{options.Name}' ({options.Url.Host}), environment {name}"
            : $"Airflow '{options.Name}' ({options.Url.Host}), a plan only";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"moves {(request.EnvironmentName is { } environment ? RefOf(environment) : "the deploy ref")}: {Dags.Count} DAGs in {Files.Count} Python files"
        );
        if (((AirflowTask)request.Task).Run is { } run)
            yield return $"then runs DAG {run}";
    }

    private static string RefOf(string environment) => new DeployPlace(default, environment).Ref.ToString();

    private static IEnumerable<string> Errors(DagReport report)
    {
        var shown = report.Findings.Where(one => one.Severity == DagSeverity.Error).Take(MostShown).Select(Line);
        return report.Errors <= MostShown
            ? shown
            : shown.Append(string.Create(CultureInfo.InvariantCulture, $"and {report.Errors - MostShown} more"));
    }

    private static string Line(DagFinding finding) =>
        string.Create(CultureInfo.InvariantCulture, $"{finding.Path}:{finding.Line}: {finding.Text}");
}
