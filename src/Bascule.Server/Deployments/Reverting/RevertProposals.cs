using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Reports;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Events;
using Bascule.Server.Reports;

namespace Bascule.Server.Deployments.Reverting;

/// <summary>Puts a branch that takes a rollback back before people: as a pull request, or where the forge has no call for that by an issue with the link.</summary>
internal sealed class RevertProposals(IReportStore reports, AuditTrail audit, RunLinks links)
{
    private const string Merge =
        "Merge it, and what is deployed already is deployed again. Or push a commit that mends what was wrong, and close this.";

    public Task<Result<Proposed>> ProposeAsync(
        OpenRepository repository,
        Rollback rollback,
        RevertedBranch branch,
        CancellationToken cancellationToken
    ) =>
        repository.Forge switch
        {
            IOpensPullRequests pulls => OpenAsync(pulls, repository, rollback, branch, cancellationToken),
            IIssues issues and IComparePages pages => LinkAsync(
                issues,
                pages.ComparePageOf(repository.Repository, branch.Name, rollback.Branch),
                repository,
                rollback,
                branch,
                cancellationToken
            ),
            _ => Task.FromResult<Result<Proposed>>(new Proposed($"branch {branch.Name.ShortName} takes it back", [])),
        };

    private async Task<Result<Proposed>> OpenAsync(
        IOpensPullRequests pulls,
        OpenRepository repository,
        Rollback rollback,
        RevertedBranch branch,
        CancellationToken cancellationToken
    )
    {
        var found = await pulls.FindOpenPullRequestAsync(
            repository.Repository,
            branch.Name,
            rollback.Branch,
            cancellationToken
        );
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is { } open)
            return new Proposed($"pull request {open} takes it back", []);
        var page = links.PageOf(rollback.Run.Id);
        var proposal = new NewPullRequest(
            branch.Name,
            rollback.Branch,
            RevertText.Title(rollback),
            RevertText.Markdown(rollback, branch.Folder, page, Merge)
        );
        var opened = await Audit(rollback)
            .CallAsync(
                "forge.pull.open",
                repository.Repository.FullName,
                details: null,
                token => pulls.OpenPullRequestAsync(repository.Repository, proposal, token),
                cancellationToken
            );
        return opened.Failed(out problem) ? problem : new Proposed($"pull request {opened.Value} takes it back", []);
    }

    /// <summary>Remembered by what was rolled back where: an issue that somebody closed is not opened again.</summary>
    private async Task<Result<Proposed>> LinkAsync(
        IIssues issues,
        Uri compare,
        OpenRepository repository,
        Rollback rollback,
        RevertedBranch branch,
        CancellationToken cancellationToken
    )
    {
        var place = $"revert:{rollback.Environment}:{rollback.Bad}";
        var known = await reports.FindAsync(repository.Key, place, cancellationToken);
        if (known?.ForgeId is { } number)
            return new Proposed($"issue {number} says how to take it back", []);
        var steps =
            $"[Open the pull request]({Markdown.Destination(compare.AbsoluteUri)}): the forge lets nobody but a person do it. {Merge}";
        var body = RevertText.Markdown(rollback, branch.Folder, links.PageOf(rollback.Run.Id), steps);
        var opened = await Audit(rollback)
            .CallAsync(
                "forge.issue.open",
                repository.Repository.FullName,
                details: null,
                token => issues.OpenIssueAsync(repository.Repository, RevertText.Title(rollback), body, token),
                cancellationToken
            );
        return opened.Failed(out var problem)
            ? problem
            : new Proposed(
                $"issue {opened.Value} says how to take it back",
                [new SaveReport(new Report(repository.Key, place, opened.Value, Digest: "", Verdict: "open"))]
            );
    }

    private CallAudit Audit(Rollback rollback) =>
        new(
            audit,
            new Dictionary<string, string>
            {
                ["repository"] = rollback.Back.Place.Repository.ToString(),
                ["run"] = rollback.Run.Id.Text,
            }
        );
}

/// <param name="Text">For the page of the run that was rolled back.</param>
internal sealed record Proposed(string Text, IReadOnlyList<Change> Changes);
