using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Installation;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Approvals;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Deployments;
using Bascule.Server.Promotions;
using Bascule.Server.Reports;
using Bascule.Server.Runs;

namespace Bascule.Server.Events;

/// <summary>What a run is planned from.</summary>
/// <param name="Policy">The commit whose workflow file decides: the head itself for a push, the base for a pull request.</param>
internal sealed record PlanSubject(OpenRepository Repository, RefUpdate Update, CommitId Head, CommitId Policy)
{
    public PullRequest? PullRequest { get; init; }

    /// <summary>What made it come about; the move of the ref unless said otherwise.</summary>
    public Trigger Trigger { get; init; } = Trigger.Ref(Update.Ref, Update.Generation);

    /// <summary>The same commit asks once more, because its pull request has changed: for what needs approval alone.</summary>
    public bool Again { get; init; }

    /// <summary>Nothing approved before counts.</summary>
    public bool Fresh { get; init; }
}

/// <summary>Turns a matched workflow into a run: granted and queued, planned only, or refused by a named rule. Nothing outside is touched.</summary>
internal sealed class RunPlanner
{
    private readonly EnvironmentConnections _environments;
    private readonly PlatformPlanners _planners;
    private readonly IInstallationStore _installation;
    private readonly IRunStore _runs;
    private readonly RunSiblings _siblings;
    private readonly PlanSurroundings _surroundings;
    private readonly ApprovalOpening _approvals;
    private readonly ContentProof _proof;
    private readonly RewriteStop _rewrites;
    private readonly RequiredChecks _checks;
    private readonly TrainOnce _trainOnce;
    private readonly IDeploymentStore _deployments;
    private readonly AuditTrail _audit;
    private readonly TimeProvider _time;
    private readonly Grants _grants;

    public RunPlanner(
        EnvironmentConnections environments,
        PlatformPlanners planners,
        IInstallationStore installation,
        IRunStore runs,
        RunSiblings siblings,
        PlanSurroundings surroundings,
        ApprovalOpening approvals,
        ContentProof proof,
        RewriteStop rewrites,
        RequiredChecks checks,
        TrainOnce trainOnce,
        IDeploymentStore deployments,
        AuditTrail audit,
        TimeProvider time
    )
    {
        _environments = environments;
        _planners = planners;
        _installation = installation;
        _runs = runs;
        _siblings = siblings;
        _surroundings = surroundings;
        _approvals = approvals;
        _proof = proof;
        _rewrites = rewrites;
        _checks = checks;
        _trainOnce = trainOnce;
        _deployments = deployments;
        _audit = audit;
        _time = time;
        _grants = new Grants([.. environments.All.Select(environment => environment.Rule)]);
    }

    internal async Task<Result<IReadOnlyList<Change>>> PlanAsync(
        PlanSubject subject,
        MatchedWorkflow matched,
        CancellationToken cancellationToken
    )
    {
        var isChecked = matched.OnMerge && IsChecked(subject, matched.Environment);
        var isAsked = NeedsApproval(matched) || isChecked || (matched.OnMerge && IsCompared(matched));
        if ((subject.Again || matched.OnMerge) && !isAsked)
            return Result.Of<IReadOnlyList<Change>>([]);
        var decision = await DecideAsync(subject, matched, cancellationToken);
        // What the merge may not run needs no plan of it: the merge says so itself. Unless it is asked beforehand.
        if (matched.OnMerge && !decision.IsAllowed && !isChecked)
            return Result.Of<IReadOnlyList<Change>>([]);
        var run = await DraftAsync(
            subject,
            matched.Workflow.Name,
            matched.Environment,
            matched.OnMerge,
            cancellationToken
        );
        if (decision.IsAllowed)
        {
            var tree = await subject.Repository.Mirror.ReadTreeAsync(
                subject.Head,
                matched.Workflow.Root,
                cancellationToken
            );
            if (tree.Failed(out var unread) && unread.IsTransient)
                return unread;
            var planned = tree.Failed(out var problem)
                ? problem
                : await PlanAsync(run, matched, tree.Value, cancellationToken);
            var opened = await OpenAsync(subject, matched, planned, cancellationToken);
            if (opened.Failed(out var unopened) && unopened.IsTransient)
                return unopened;
            if (
                opened is { Problem: null, Value.Run.State: RunState.Queued }
                && (await _proof.DecideAsync(run, cancellationToken)).Refusal is { } unproven
            )
                (decision, opened) = (unproven, new OpenedRun(HeldBack(opened.Value.Run, unproven), []));
            // Whoever approves has looked at it: a run that waits for that needs no second stop.
            if (
                opened is { Problem: null, Value.Run.State: RunState.Queued }
                && await _rewrites.DecideAsync(subject, run, cancellationToken) is { } stop
            )
                (decision, opened) = (stop, new OpenedRun(HeldBack(opened.Value.Run, stop), []));
            return await ConcludeAsync(run, decision, opened, matched.PlanOnlyBecause, cancellationToken);
        }
        return await ConcludeAsync(
            run,
            decision,
            Result.Failure<OpenedRun>(Problem.Denied($"{decision.Rule}: {decision.Reason}")),
            because: null,
            cancellationToken
        );
    }

    /// <summary>A run that stands for a workflow file that cannot be read: visible where runs are, with every error.</summary>
    /// <param name="onMerge">It is the file that the merge would bring.</param>
    internal async Task<Result<IReadOnlyList<Change>>> RefuseFileAsync(
        PlanSubject subject,
        Problem problem,
        bool onMerge,
        CancellationToken cancellationToken
    )
    {
        var run = await DraftAsync(subject, WorkflowFile.Path, null, onMerge, cancellationToken);
        var decision = Decision.Deny("workflow file", problem.Message);
        var refused = Result.Failure<OpenedRun>(problem);
        return await ConcludeAsync(run, decision, refused, because: null, cancellationToken);
    }

    /// <summary>The same run, planned by another declaration of its workflow; nothing is stored.</summary>
    internal async Task<Result<Run>> ReplanAsync(
        OpenRepository repository,
        Run run,
        Workflow workflow,
        CancellationToken cancellationToken
    )
    {
        var tree = await repository.Mirror.ReadTreeAsync(run.Commit, workflow.Root, cancellationToken);
        return tree.Failed(out var unread)
            ? unread
            : await PlanAsync(
                run,
                new MatchedWorkflow(workflow, run.Environment, PlanOnlyBecause: null),
                tree.Value,
                cancellationToken
            );
    }

    /// <summary>Whether some environment's required status waits for what the merge would run.</summary>
    internal bool IsChecked(PlanSubject subject) =>
        subject.PullRequest is { } pull
        && _checks.For(subject.Repository.Key, subject.Repository.Repository, pull.Base).Count > 0;

    private bool IsChecked(PlanSubject subject, string? environment) =>
        subject.PullRequest is { } pull
        && _checks.Covers(environment, subject.Repository.Key, subject.Repository.Repository, pull.Base);

    /// <summary>What the merge would change there is known to nobody who only reads the commit.</summary>
    private bool IsCompared(MatchedWorkflow matched) =>
        matched.Environment is { } name && _environments.Find(name)?.Platform is IComparesPlans;

    private bool NeedsApproval(MatchedWorkflow matched) =>
        matched.Environment is { } name && _environments.Find(name)?.Rule.Approvals is not null;

    private async Task<Result<OpenedRun>> OpenAsync(
        PlanSubject subject,
        MatchedWorkflow matched,
        Result<Run> planned,
        CancellationToken cancellationToken
    )
    {
        if (planned.Failed(out var problem))
            return problem;
        var (run, told) = await _trainOnce.InsteadAsync(planned.Value, subject.Update.Move, cancellationToken);
        var opened = await _approvals.OpenAsync(
            run,
            subject.Fresh ? RefMove.Rewritten : subject.Update.Move,
            subject.Repository.Mirror,
            matched.Workflow.Root,
            cancellationToken
        );
        return opened.Failed(out problem)
            ? problem
            : opened.Value with
            {
                Changes = [.. told, .. opened.Value.Changes],
            };
    }

    /// <summary>What was rolled back is told before anybody approves it; its start would be refused as well (THREATS T138).</summary>
    private async Task<Decision> DecideAsync(
        PlanSubject subject,
        MatchedWorkflow matched,
        CancellationToken cancellationToken
    )
    {
        var decision = Decide(subject, matched);
        // A merge makes a commit of its own.
        if (!decision.IsAllowed || matched.OnMerge || matched.Environment is not { } environment)
            return decision;
        var place = new DeployPlace(subject.Repository.Key, environment);
        var blocked = await _deployments.FindBlockAsync(place, subject.Head, cancellationToken);
        return blocked is null ? decision : Decision.Deny("rollback", DeployRefs.Refusal(blocked).Message);
    }

    private Decision Decide(PlanSubject subject, MatchedWorkflow matched)
    {
        if (matched.Environment is not { } environment)
            return Decision.Allow("plan only", matched.PlanOnlyBecause ?? "no environment is asked for");
        var kind = matched.Workflow.PlatformKind;
        var forge = subject.Repository.Connection.Name;
        var name = subject.Repository.Repository.FullName;
        if (matched.OnMerge && subject.PullRequest is { FromFork: false, Base: var target })
            return _grants.Decide(new PushGrantRequest(environment, kind, forge, name, target));
        return _grants.Decide(
            subject.PullRequest is { } pullRequest
                ? new PullRequestGrantRequest(environment, kind, forge, name, pullRequest.Base, pullRequest.FromFork)
                : new PushGrantRequest(environment, kind, forge, name, subject.Update.Ref)
        );
    }

    private async Task<Result<Run>> PlanAsync(
        Run run,
        MatchedWorkflow matched,
        IContentTree tree,
        CancellationToken cancellationToken
    )
    {
        var content = ContentIds.Compute(tree.TreeDigest, matched.Workflow.Definition, "{}");
        var environment = matched.Environment is { } name ? _environments.Find(name) : null;
        var request = new PlanRequest(
            matched.Workflow.Name,
            matched.Workflow.Task,
            environment?.Name,
            environment?.Settings,
            run.RepositoryName,
            run.Commit,
            content,
            tree
        );
        var kind = matched.Workflow.PlatformKind;
        var plan = await _planners.PlanAsync(
            kind,
            environment?.Platform,
            await _surroundings.AroundAsync(request, run, environment, cancellationToken),
            cancellationToken
        );
        if (plan.Failed(out var problem))
            return problem;
        return PlanRecord.Keep(run, plan.Value) with
        {
            Content = content,
            TreeDigest = tree.TreeDigest,
            // What is planned for a merge is never queued; where approvals are asked for, they place it.
            State = environment is null || run.OnMerge ? RunState.Planned : RunState.Queued,
        };
    }

    /// <summary>With its plan: a person may have it started as it stands.</summary>
    private Run HeldBack(Run run, Decision because) =>
        run with
        {
            State = RunState.Refused,
            Reason = $"{because.Rule}: {because.Reason}",
            FinishedAt = _time.GetUtcNow(),
        };

    private async Task<Result<IReadOnlyList<Change>>> ConcludeAsync(
        Run draft,
        Decision decision,
        Result<OpenedRun> planned,
        string? because,
        CancellationToken cancellationToken
    )
    {
        var now = _time.GetUtcNow();
        var run = planned.Failed(out var problem)
            ? draft with
            {
                State = RunState.Refused,
                Reason = problem.Message,
                FinishedAt = now,
            }
            : planned.Value.Run;
        run = run with { Rule = decision.Rule };
        if (because is not null)
            run = run with { Reason = run.Reason is null ? because : $"{because}; {run.Reason}" };
        var written = await _audit.WriteAsync(PlanRecord.Entry(run, decision, problem), cancellationToken);
        if (written.Failed(out var unwritten))
            return unwritten;
        List<Change> changes =
        [
            new AddRun(run),
            new AddTimeline(run.Id, new TimelineEntry(now, "plan", PlanRecord.Words(run))),
        ];
        if (run.State == RunState.Queued)
            changes.AddRange([RunWork.Start(run, now), .. await _siblings.WakeOlderAsync(run, now, cancellationToken)]);
        if (problem is null)
            changes.AddRange(planned.Value.Changes);
        changes.AddRange(ReportWork.For(run, now));
        return changes;
    }

    private async Task<Run> DraftAsync(
        PlanSubject subject,
        string workflow,
        string? environment,
        bool onMerge,
        CancellationToken cancellationToken
    )
    {
        var (repository, update) = (subject.Repository, subject.Update);
        var trigger = subject.Trigger;
        var described = await repository.Mirror.DescribeAsync(subject.Head, cancellationToken);
        var epoch = await _installation.ReadEpochAsync(cancellationToken);
        var ordinal = subject.Again ? await NextOrdinalAsync(subject, workflow, environment, cancellationToken) : 0;
        return new Run
        {
            Id = RunId.New(),
            Repository = repository.Key,
            Forge = repository.Connection.Name,
            RepositoryName = repository.Repository.FullName,
            Workflow = workflow,
            Environment = environment,
            OnMerge = onMerge,
            Ordinal = ordinal,
            Trigger = trigger,
            Ref = update.Ref,
            Commit = subject.Head,
            CommitSubject = described.Problem is null ? described.Value.Subject : "",
            By = update.By,
            PullRequest = subject.PullRequest?.Number,
            BaseCommit = subject.PullRequest is null ? null : subject.Policy,
            Key = IdempotencyKey.Derive(
                epoch,
                repository.Key,
                trigger,
                subject.Head,
                workflow,
                environment ?? "",
                ordinal
            ),
            State = RunState.Planned,
            CreatedAt = _time.GetUtcNow(),
            Delivery = update.Delivery,
        };
    }

    private async Task<int> NextOrdinalAsync(
        PlanSubject subject,
        string workflow,
        string? environment,
        CancellationToken cancellationToken
    )
    {
        var filter = new RunFilter(subject.Repository.Key, Commit: subject.Head, Workflow: workflow, Limit: 1000);
        return (await _runs.ListAsync(filter, cancellationToken))
            .Where(run => run.Trigger == subject.Trigger && run.Environment == environment)
            .Select(run => run.Ordinal + 1)
            .DefaultIfEmpty(0)
            .Max();
    }
}
