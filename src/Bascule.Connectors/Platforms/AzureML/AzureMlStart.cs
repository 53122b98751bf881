using Bascule.Connectors.Platforms.AzureML.Code;
using Bascule.Connectors.Platforms.AzureML.Planning;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML;

/// <summary>From a run to its job: plan, upload, launch. Each step may be done again after a crash (THREATS T133).</summary>
internal sealed class AzureMlStart(
    AzureMlOptions options,
    AzureMlJobs jobs,
    CodeUpload upload,
    AzureMlComponents components,
    TreeSearches searches
)
{
    /// <summary>What the journal says once the job was seen: from then on its absence means that somebody deleted it.</summary>
    private const string Launched = "launched";

    private const string Branches = "refs/heads/";

    public async Task<Result<PlatformRun>> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        var session = new ArmSession(request.Identity, request.Audit);
        var name = AzureMlJobs.NameOf(request.Run);
        var written = await request.Journal.ReadAsync(cancellationToken);
        if (written.Failed(out var problem))
            return problem;
        var found = await jobs.FindAsync(session, name, request.Mark, cancellationToken);
        if (found.Failed(out problem))
            return problem;
        if (found.Value is not null)
            return await SeenAsync(request, name, cancellationToken);
        if (written.Value is not null)
            return Deleted(request, name);
        return await LaunchAsync(session, request, name, cancellationToken);
    }

    private async Task<Result<PlatformRun>> LaunchAsync(
        ArmSession session,
        StartRequest request,
        string name,
        CancellationToken cancellationToken
    )
    {
        var planned = await PlanAsync(request, cancellationToken);
        if (planned.Failed(out var problem))
            return problem;
        var plan = planned.Value;
        if ((await SendAsync(session, request, plan, cancellationToken)).Failed(out problem))
            return problem;
        if ((await request.Launching(cancellationToken)).Failed(out problem))
            return problem;
        var put = await jobs.PutAsync(session, name, plan.Fill(Values(request, plan)), cancellationToken);
        if (put.Failed(out problem))
            return problem;
        // The name may have been taken between the look and the call, and Azure answers that with success.
        var made = await jobs.FindAsync(session, name, request.Mark, cancellationToken);
        if (made.Failed(out problem))
            return problem;
        if (made.Value is null)
            return Problem.Unavailable($"{options.Subject}: job {name} was made and cannot be read yet; trying again");
        request.Progress($"Azure ML runs it as job {name}");
        return await SeenAsync(request, name, cancellationToken);
    }

    /// <summary>All that the job names: its code, and of a pipeline the component of each step.</summary>
    private async Task<Result<Done>> SendAsync(
        ArmSession session,
        StartRequest request,
        AzureMlPlan plan,
        CancellationToken cancellationToken
    )
    {
        var repository = request.Run.RepositoryName;
        foreach (var package in plan.Packages)
        {
            var sent = await upload.EnsureAsync(session, package, repository, request.Progress, cancellationToken);
            if (sent.Failed(out var problem))
                return problem;
        }
        foreach (var component in plan.Components)
            if (
                (await components.EnsureAsync(session, component, repository, cancellationToken)).Failed(
                    out var refused
                )
            )
                return refused;
        return Result.Done;
    }

    private async Task<Result<AzureMlPlan>> PlanAsync(StartRequest request, CancellationToken cancellationToken)
    {
        var run = request.Run;
        if (run.Content is not { } content)
            return Problem.Internal($"run {run.Id} has no content id");
        var asked = new PlanRequest(
            run.Workflow,
            request.Task,
            run.Environment,
            request.Environment,
            run.RepositoryName,
            run.Commit,
            content,
            request.Tree
        );
        var job = await AzureMlPlan.JobAsync(asked, cancellationToken);
        if (job.Failed(out var problem))
            return problem;
        var pins = DataPins.Of(run.Plan);
        var open = job.Value.Inputs.FirstOrDefault(input =>
            input.Value.Asset is { IsLatest: true } && !pins.Versions.ContainsKey(input.Key)
        );
        return open.Key is null
            ? await AzureMlPlan.MakeAsync(options, asked, job.Value, pins, searches, cancellationToken)
            : Problem.Conflict(
                $"the plan does not say which version input '{open.Key}' is, so nothing runs; `bascule run retry {run.Id}` plans anew"
            );
    }

    private static Dictionary<string, string> Values(StartRequest request, AzureMlPlan plan)
    {
        var name = request.Run.Ref.ToString();
        var values = new Dictionary<string, string>
        {
            [Placeholders.Run] = request.Mark,
            [Placeholders.Commit] = request.Run.Commit.ToString(),
            [Placeholders.Experiment] = plan.Job.Experiment ?? request.Run.Workflow,
            [JobBody.Branch] = name.StartsWith(Branches, StringComparison.Ordinal) ? name[Branches.Length..] : name,
            [JobBody.RepositoryUrl] = request.RepositoryUrl?.AbsoluteUri ?? request.Run.RepositoryName,
        };
        if (plan.Model is { } model)
            values[Placeholders.Model] = model;
        return values;
    }

    private async Task<Result<PlatformRun>> SeenAsync(
        StartRequest request,
        string name,
        CancellationToken cancellationToken
    )
    {
        var noted = await request.Journal.WriteAsync(Launched, cancellationToken);
        return noted.Failed(out var problem) ? problem : new PlatformRun(name, jobs.PageOf(name));
    }

    private Problem Deleted(StartRequest request, string name) =>
        Problem.Conflict(
            $"{options.Subject}: job {name} was started before and is not there any more; somebody deleted it. `bascule run retry {request.Run.Id}` starts it anew"
        );
}
