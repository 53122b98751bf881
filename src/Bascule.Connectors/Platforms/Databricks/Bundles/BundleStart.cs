using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>
/// From a run to its run there, by way of a deployment: the bundle is planned again, must be what was approved, and is deployed by that very plan; then the job is
/// started as any existing job is, so that it runs once (THREATS T104, T133).
/// </summary>
internal sealed class BundleStart(
    DatabricksOptions options,
    DatabricksCli cli,
    BundleLooking looking,
    DatabricksClient client,
    DatabricksStart launcher,
    TreeSearches searches,
    TimeProvider time
)
{
    private const string Changed =
        "the deployment would do something else now than was planned, and nothing was deployed; push again or `bascule run retry` for a plan of what it would do";

    public async Task<Result<PlatformRun>> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        var written = await request.Journal.ReadAsync(cancellationToken);
        if (written.Failed(out var problem))
            return problem;
        var read = BundleJournal.Read(written.Value);
        if (read.Failed(out problem))
            return problem;
        var job = read.Value?.Job;
        if (job is null)
        {
            var deployed = await DeployAsync(request, read.Value, cancellationToken);
            if (deployed.Failed(out problem))
                return problem;
            job = deployed.Value;
        }
        var plan = DatabricksPlan.OfDeployed(job.Value, request);
        return plan.Failed(out problem)
            ? problem
            : await launcher.LaunchAsync(
                new DatabricksSession(request.Identity, request.Audit),
                plan.Value,
                request,
                cancellationToken
            );
    }

    private async Task<Result<long>> DeployAsync(
        StartRequest request,
        BundleJournal? earlier,
        CancellationToken cancellationToken
    )
    {
        var bundle = ((DatabricksTask)request.Task).Bundle!;
        if (BundlePlan.ChangesOf(request.Run.Plan) is not { } approved)
            return Problem.Conflict(Changed);
        var fit = await BundleReading.ReadAsync(request.Tree, bundle, options.Workspace, cancellationToken);
        if (fit.Failed(out var problem))
            return problem;
        var outputs = ((DatabricksEnvironment)request.Environment).NotebookOutputs;
        var sent = await SentTree.OfAsync(request.Tree, request.Tree.Entries, outputs, searches, cancellationToken);
        if (sent.Failed(out problem))
            return problem;
        var caller = new BundleCaller(options.Client, client, request.Identity, request.Audit);
        var looked = await looking.TakeAsync(sent.Value.Tree, bundle.Target, caller, cancellationToken);
        if (looked.Failed(out problem))
            return problem;
        using var look = looked.Value;
        if (earlier is null ? !look.Changes.IsSameAs(approved) : !look.Changes.IsRestOf(approved))
            return Problem.Conflict(Changed);
        if ((await request.Launching(cancellationToken)).Failed(out problem))
            return problem;
        var journal = earlier ?? new BundleJournal(time.GetUtcNow(), Job: null);
        if ((await request.Journal.WriteAsync(journal.ToText(), cancellationToken)).Failed(out problem))
            return problem;
        if ((await DeployAsync(look.Use, journal, earlier is not null, request, cancellationToken)).Failed(out problem))
            return problem;
        return await FindJobAsync(look.Use, bundle, journal, request, cancellationToken);
    }

    /// <summary>
    /// A deployment that broke off leaves its lock behind, and may for a while still be alive somewhere. Nobody's lock is broken before its time is over for
    /// certain.
    /// </summary>
    private async Task<Result<Done>> DeployAsync(
        CliUse use,
        BundleJournal journal,
        bool again,
        StartRequest request,
        CancellationToken cancellationToken
    )
    {
        var isOver = time.GetUtcNow() - journal.Since > DatabricksCli.DeployTime;
        var details = new JsonObject { ["break_lock"] = again && isOver, ["target"] = use.Target };
        request.Progress($"deploying target {use.Target} of the bundle");
        var deployed = await request.Audit.CallAsync(
            "databricks.bundle.deploy",
            options.Workspace,
            details,
            stop => cli.DeployAsync(use, again && isOver, stop),
            cancellationToken
        );
        if (!deployed.Failed(out var problem))
            return Result.Done;
        return again && !isOver && !problem.IsTransient
            ? Problem.Unavailable(
                $"{problem.Message} (an earlier deployment of this run broke off; it is tried again, from {journal.Since + DatabricksCli.DeployTime:u} on without its lock)"
            )
            : problem;
    }

    private async Task<Result<long>> FindJobAsync(
        CliUse use,
        BundleTask bundle,
        BundleJournal journal,
        StartRequest request,
        CancellationToken cancellationToken
    )
    {
        var summary = await cli.SummaryAsync(use, cancellationToken);
        if (summary.Failed(out var problem))
            return problem;
        if (JobOf(summary.Value, bundle.Run) is not { } job)
            return Problem.Invalid(
                $"{options.Subject}: the bundle is deployed, and the CLI does not say which job '{bundle.Run}' became; look at `databricks bundle summary`"
            );
        var noted = await request.Journal.WriteAsync((journal with { Job = job }).ToText(), cancellationToken);
        if (noted.Failed(out problem))
            return problem;
        request.Progress(
            string.Create(CultureInfo.InvariantCulture, $"the bundle is deployed; {bundle.Run} is job {job}")
        );
        return job;
    }

    private static long? JobOf(ReadOnlyMemory<byte> summary, string key)
    {
        var read = JsonReading.Read(summary, DatabricksJson.Default.JsonElement);
        var node = read.Problem is null ? read.Value : default;
        foreach (var part in new[] { "resources", "jobs", key, "id" })
            if (node.ValueKind != JsonValueKind.Object || !node.TryGetProperty(part, out node))
                return null;
        return
            node.ValueKind == JsonValueKind.String
            && long.TryParse(node.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;
    }
}
