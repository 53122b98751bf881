using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Git;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges;

internal sealed partial class ForgeEngine
{
    /// <param name="repository">Where it is to be merged.</param>
    /// <param name="poster">Who opens it.</param>
    /// <param name="head">A branch, or owner:branch for a fork.</param>
    /// <param name="baseBranch">The branch it is for.</param>
    /// <param name="title">One line.</param>
    /// <param name="body">Text.</param>
    /// <param name="cancellationToken">Stops git.</param>
    public async Task<Issue> OpenPullAsync(
        ForgeRepository repository,
        ForgeUser poster,
        string head,
        string baseBranch,
        string title,
        string body,
        CancellationToken cancellationToken
    )
    {
        var (source, branch) = FindHead(repository, head);
        var tip =
            await source.Git.BranchTipAsync(branch, cancellationToken)
            ?? throw new ForgeRefusedException(404, $"head branch '{head}' does not exist; push it first");
        var baseTip =
            await repository.Git.BranchTipAsync(baseBranch, cancellationToken)
            ?? throw new ForgeRefusedException(404, $"base branch '{baseBranch}' does not exist");
        if (
            repository.Issues.Exists(i =>
                i is { IsClosed: false, Pull: { } p }
                && p.HeadRepository == source
                && p.HeadBranch == branch
                && p.BaseBranch == baseBranch
            )
        )
        {
            throw new ForgeRefusedException(
                409,
                $"pull request already exists for these targets [{branch}, {baseBranch}]"
            );
        }

        var details = new PullDetails(World.NextId("pull"), source, branch, baseBranch)
        {
            HeadSha = tip,
            BaseSha = baseTip,
        };
        await FetchHeadAsync(repository, details, tip, cancellationToken);
        details.MergeBase = await repository.Git.MergeBaseAsync(baseTip, tip, cancellationToken) ?? baseTip;
        await TryMergeAsync(repository, details, cancellationToken);
        Issue pull;
        lock (World.Gate)
        {
            pull = new Issue(World.NextId("issue"), ++repository.LastNumber, repository, poster, World.Now)
            {
                Title = title,
                Body = body,
                Pull = details,
            };
            repository.Issues.Add(pull);
        }

        if (!IsGogs)
        {
            await PointHeadAsync(pull, cancellationToken);
        }

        PointHeadAfter(pull, EmitPull(pull, "opened", poster));
        return pull;
    }

    public void EditPull(Issue pull, ForgeUser editor, string? title, string? body)
    {
        var changes = Rewrite(pull, title, body);
        if (changes is not null)
        {
            _ = EmitPull(pull, "edited", editor, changes);
        }
    }

    public void SetPullState(Issue pull, ForgeUser doer, bool isClosed)
    {
        if (pull.IsClosed == isClosed)
        {
            return;
        }

        if (pull.Pull!.IsMerged)
        {
            throw new ForgeRefusedException(412, "cannot change state of this pull request, it was already merged");
        }

        SetState(pull, isClosed);
        _ = EmitPull(pull, isClosed ? "closed" : "reopened", doer);
    }

    /// <summary>A branch has moved or gone: pull requests from it and to it follow.</summary>
    private async Task BranchMovedAsync(
        ForgeRepository repository,
        RefChange change,
        ForgeUser pusher,
        CancellationToken cancellationToken
    )
    {
        foreach (var pull in OpenPulls(p => p.HeadRepository == repository && p.HeadBranch == change.ShortName))
        {
            if (change.IsDelete)
            {
                CloseOrphan(pull, pusher);
            }
            else
            {
                await SynchroniseAsync(pull, change.After, pusher, cancellationToken);
            }
        }

        foreach (var pull in OpenPulls(p => p.BaseBranch == change.ShortName).Where(p => p.Repository == repository))
        {
            pull.Pull!.BaseSha = change.IsDelete ? pull.Pull.BaseSha : change.After;
            await TryMergeAsync(repository, pull.Pull, cancellationToken);
        }
    }

    /// <summary>Gitea closes a pull request whose branch was deleted; Gogs leaves it open.</summary>
    private void CloseOrphan(Issue pull, ForgeUser pusher)
    {
        if (!IsGogs)
        {
            SetPullState(pull, pusher, isClosed: true);
        }
    }

    private async Task SynchroniseAsync(Issue pull, string tip, ForgeUser pusher, CancellationToken cancellationToken)
    {
        var details = pull.Pull!;
        if (details.HeadSha == tip)
        {
            return;
        }

        details.HeadSha = tip;
        pull.Updated = World.Now;
        await FetchHeadAsync(pull.Repository, details, tip, cancellationToken);
        details.MergeBase =
            await pull.Repository.Git.MergeBaseAsync(details.BaseSha, tip, cancellationToken) ?? details.MergeBase;
        await TryMergeAsync(pull.Repository, details, cancellationToken);
        if (!IsGogs)
        {
            await PointHeadAsync(pull, cancellationToken);
        }

        PointHeadAfter(pull, EmitPull(pull, "synchronized", pusher));
    }

    /// <summary>Whether the pull request could be merged without a person.</summary>
    private static async Task TryMergeAsync(
        ForgeRepository repository,
        PullDetails details,
        CancellationToken cancellationToken
    )
    {
        string[] command = ["merge-tree", "--write-tree", details.BaseSha, details.HeadSha];
        details.IsMergeable = (await repository.Git.TryAsync(cancellationToken, command)).Succeeded;
    }

    /// <summary>Brings a fork's objects over without naming them.</summary>
    private static async Task FetchHeadAsync(
        ForgeRepository repository,
        PullDetails details,
        string tip,
        CancellationToken cancellationToken
    )
    {
        if (details.HeadRepository != repository)
        {
            string[] command = ["fetch", "--quiet", "--no-tags", details.HeadRepository.GitDirectory];
            await repository.Git.RunAsync(cancellationToken, [.. command, "refs/heads/" + details.HeadBranch]);
            await repository.Git.RunAsync(cancellationToken, "cat-file", "-e", tip);
        }
    }

    private static Task<string> PointHeadAsync(Issue pull, CancellationToken cancellationToken) =>
        pull.Repository.Git.RunAsync(
            cancellationToken,
            "update-ref",
            $"refs/pull/{pull.Number}/head",
            pull.Pull!.HeadSha
        );

    /// <summary>Gogs moves refs/pull/N/head only after its hook is out.</summary>
    private void PointHeadAfter(Issue pull, Task sent)
    {
        if (IsGogs)
        {
            InBackground(async () =>
            {
                await sent;
                await Task.Delay(options.GogsPullHeadDelay, options.TimeProvider);
                await PointHeadAsync(pull, CancellationToken.None);
            });
        }
    }

    private Task EmitPull(Issue pull, string action, ForgeUser doer, JsonObject? changes = null)
    {
        var type = !IsGogs && action == "synchronized" ? "pull_request_sync" : "pull_request";
        return Emit(
            pull.Repository,
            type,
            "pull_request",
            type,
            () => Dialect.PullRequest(action, pull, doer, (JsonObject?)changes?.DeepClone())
        );
    }

    private List<Issue> OpenPulls(Func<PullDetails, bool> fits)
    {
        lock (World.Gate)
        {
            return
            [
                .. World
                    .Repositories.SelectMany(r => r.Issues)
                    .Where(i => i is { IsClosed: false, Pull: { } p } && fits(p)),
            ];
        }
    }

    private (ForgeRepository Source, string Branch) FindHead(ForgeRepository repository, string head)
    {
        var colon = head.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || string.Equals(head[..colon], repository.Owner.Name, StringComparison.OrdinalIgnoreCase))
        {
            return (repository, head[(colon + 1)..]);
        }

        lock (World.Gate)
        {
            var fork = World.Repositories.Find(r =>
                r.Parent == repository && string.Equals(r.Owner.Name, head[..colon], StringComparison.OrdinalIgnoreCase)
            );
            return fork is null
                ? throw new ForgeRefusedException(404, $"'{head[..colon]}' has no fork of {repository.FullName}")
                : (fork, head[(colon + 1)..]);
        }
    }
}
