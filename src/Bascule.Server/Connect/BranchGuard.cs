using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Reports;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Events;
using Bascule.Server.Reports;
using Bascule.Server.Workflows;

namespace Bascule.Server.Connect;

/// <summary>
/// Has the forge wait for Bascule's required status where a workflow leads from a branch to an environment that asks for it. It adds to what the owner of
/// the repository set up, and finds again what was taken away since.
/// </summary>
internal sealed class BranchGuard(
    RequiredChecks checks,
    EnvironmentConnections environments,
    RepositoryLookup lookup,
    WorkflowSource workflows,
    IReportStore reports,
    IWorkStore store,
    AuditTrail audit
)
{
    public async IAsyncEnumerable<Finding> GuardAsync(
        ConnectedForge forge,
        ForgeRepository repository,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var subject = $"{forge.Name}:{repository.FullName}";
        var asking = environments.All.Where(environment => Asks(environment.Rule, forge, repository)).ToList();
        if (asking.Count == 0)
            yield break;
        if (forge.Forge is not IBranchProtection protection)
        {
            var names = string.Join(", ", asking.Select(environment => $"'{environment.Name}'"));
            yield return new Finding(
                FindingKind.Bad,
                subject,
                $"{forge.Forge.Kind} cannot make a merge wait for a status, which required_check of {names} asks for; "
                    + "ask for approvals in the environment, which holds what the merge would run, and remove required_check or move the repository"
            );
            yield break;
        }
        var led = await ReadAsync(new RepositoryKey(forge.Uid, repository.Id), repository, cancellationToken);
        if (led.Failed(out var unread))
        {
            yield return new Finding(FindingKind.Bad, subject, $"required check: {unread.Message}");
            yield break;
        }
        foreach (var pattern in led.Value.Patterns)
            yield return new Finding(
                FindingKind.Note,
                subject,
                $"required check: branches that match '{pattern}' are not protected by Bascule, which does so only for names; protect them at the forge"
            );
        if (led.Value.Contexts.Count == 0 && led.Value.Patterns.Count == 0)
            yield return new Finding(
                FindingKind.Note,
                subject,
                $"required check: no workflow of '{repository.DefaultBranch}' leads to an environment that asks for it; run `bascule connect` again once one does"
            );
        foreach (var (branch, contexts) in led.Value.Contexts)
            yield return await GuardAsync(forge, protection, repository, branch, contexts, cancellationToken);
    }

    private async Task<Finding> GuardAsync(
        ConnectedForge forge,
        IBranchProtection protection,
        ForgeRepository repository,
        RefName branch,
        IReadOnlyList<string> contexts,
        CancellationToken cancellationToken
    )
    {
        var key = new RepositoryKey(forge.Uid, repository.Id);
        var subject = $"{forge.Name}:{repository.FullName} branch {branch.ShortName}";
        var found = await protection.FindProtectionAsync(repository, branch, cancellationToken);
        if (found.Failed(out var unread))
            return new Finding(FindingKind.Bad, subject, unread.Message);
        var place = $"protection:{branch.ShortName}";
        var wanted = string.Join(' ', contexts);
        var known = await reports.FindAsync(key, place, cancellationToken);
        var missing = contexts.Where(context => found.Value?.Requires(context) != true).ToList();
        if (missing.Count > 0)
        {
            var calls = new CallAudit(audit, new Dictionary<string, string> { ["repository"] = key.ToString() });
            var written = await calls.CallAsync(
                "forge.branch.protect",
                $"{repository.FullName} {branch.ShortName}",
                new JsonObject { ["contexts"] = string.Join(", ", missing) },
                token => protection.RequireStatusesAsync(repository, branch, contexts, token),
                cancellationToken
            );
            if (written.Failed(out var unwritten))
                return new Finding(FindingKind.Bad, subject, unwritten.Message);
        }
        var report = new Report(key, place, ForgeId: null, ReportedForge.DigestOf(wanted), wanted);
        if (known != report)
        {
            var saved = await store.ApplyAsync([new SaveReport(report)], cancellationToken);
            if (saved.Failed(out var unsaved))
                return new Finding(FindingKind.Bad, subject, unsaved.Message);
        }
        return new Finding(FindingKind.Done, subject, Words(found.Value, known, contexts, missing));
    }

    private static string Words(
        BranchProtection? before,
        Report? known,
        IReadOnlyList<string> contexts,
        List<string> missing
    )
    {
        var names = string.Join(" and ", contexts.Select(context => $"'{context}'"));
        var text =
            missing.Count == 0 ? $"merges wait for {names}"
            : missing.Exists(context => known?.Verdict.Split(' ').Contains(context) == true)
                ? $"somebody had taken the required check away; merges wait for {names} again"
            : $"merges wait for {names} from now on";
        if (before is { ChecksStatuses: false, Contexts.Count: > 0 })
            text += $", and for {string.Join(", ", before.Contexts)}, which its rule named and did not ask for";
        return before is null or { TakesPushes: true }
            ? text + "; whoever may write can still push past pull requests: forbid that in the branch's protection"
            : text;
    }

    private static bool Asks(EnvironmentRule rule, ConnectedForge forge, ForgeRepository repository) =>
        rule.RequiredCheck && rule.Repositories.Any(pattern => pattern.IsMatch(forge.Name, repository.FullName));

    /// <summary>By the file of the default branch, which says where branches lead.</summary>
    private async Task<Result<Led>> ReadAsync(
        RepositoryKey key,
        ForgeRepository repository,
        CancellationToken cancellationToken
    )
    {
        if (!RefName.TryBranch(repository.DefaultBranch, out var main))
            return new Led([], []);
        var opened = await lookup.OpenAsync(key, cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        var fetched = await opened.Value.Mirror.FetchAsync(opened.Value.Access, [main], cancellationToken);
        if (fetched.Failed(out var unfetched))
            return unfetched;
        if (!fetched.Value.TryGetValue(main, out var tip))
            return new Led([], []);
        var file = await workflows.ReadAsync(opened.Value.Mirror, tip, cancellationToken);
        return file.Failed(out var problem) ? problem : Lead(key, repository, file.Value);
    }

    private Led Lead(RepositoryKey key, ForgeRepository repository, WorkflowFile? file)
    {
        var contexts = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var patterns = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var push in (file?.Workflows ?? []).Select(workflow => workflow.Push).OfType<PushTrigger>())
        foreach (var glob in push.Branches)
        {
            if (!glob.IsLiteral && environments.Find(push.Environment)?.Rule.RequiredCheck == true)
                patterns.Add(glob.ToString());
            if (
                glob.IsLiteral
                && RefName.TryBranch(glob.ToString(), out var branch)
                && checks.Covers(push.Environment, key, repository, branch)
            )
                (
                    contexts.TryGetValue(glob.ToString(), out var known)
                        ? known
                        : contexts[glob.ToString()] = new SortedSet<string>(StringComparer.Ordinal)
                ).Add(RequiredChecks.ContextOf(push.Environment));
        }
        return new Led(
            [
                .. contexts.Select(entry =>
                    (RefName.Parse("refs/heads/" + entry.Key), (IReadOnlyList<string>)[.. entry.Value])
                ),
            ],
            [.. patterns]
        );
    }

    /// <param name="Contexts">What merges into a branch are to wait for.</param>
    /// <param name="Patterns">Of branches that lead there too.</param>
    private sealed record Led(
        IReadOnlyList<(RefName Branch, IReadOnlyList<string> Contexts)> Contexts,
        IReadOnlyList<string> Patterns
    );
}
