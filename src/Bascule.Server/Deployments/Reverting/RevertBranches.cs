using System.Text.Json.Nodes;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Server.Audit;
using Bascule.Server.Events;
using Bascule.Server.GitProxy.Pushing;
using Bascule.Server.Identity;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Deployments.Reverting;

/// <summary>
/// Makes the branch that takes a rolled back commit back: one commit on top of the environment's branch, pushed with the forge's own credential. It is never
/// moved: one that is there already serves when it holds exactly what would be made.
/// </summary>
internal sealed class RevertBranches(
    ForgePush push,
    Quarantines quarantines,
    RevertFolder folders,
    MirrorOptions mirrors,
    AuditTrail audit,
    IssuerAddress address
)
{
    private readonly GitCommand _git = new(mirrors.Running);

    /// <summary>
    /// Null when the environment's branch is gone, or is as deployed already. Conflict when something else stands under the names that it could have.
    /// </summary>
    public async Task<Result<RevertedBranch?>> MakeAsync(
        OpenRepository repository,
        Rollback rollback,
        CancellationToken cancellationToken
    )
    {
        var folder = await folders.FindAsync(repository, rollback, cancellationToken);
        if (folder.Failed(out var problem))
            return problem;
        var names = RevertBranch.NamesOf(rollback.Bad, rollback.Environment);
        var fetched = await repository.Mirror.FetchAsync(
            repository.Access,
            [rollback.Branch, .. names],
            cancellationToken
        );
        if (fetched.Failed(out problem))
            return problem;
        if (!fetched.Value.TryGetValue(rollback.Branch, out var tip))
            return Result.Of<RevertedBranch?>(null);
        // The mirror is a cache: this brings the commit back where it was lost.
        if ((await repository.Mirror.DescribeAsync(rollback.Good, cancellationToken)).Failed(out problem))
            return problem;
        var opened = quarantines.Open();
        if (opened.Failed(out problem))
            return problem;
        using var place = opened.Value;
        var mirror = MirrorFolder.Of(mirrors.Folder, repository.Key);
        if (mirror.Failed(out problem))
            return problem;
        var git = new RevertGit(_git, place, Path.Join(mirror.Value.Path, "objects"), mirrors.FetchTimeout);
        var making = new Making(repository, rollback, folder.Value, git, place, tip);
        return await MakeAsync(making, names, fetched.Value, cancellationToken);
    }

    private async Task<Result<RevertedBranch?>> MakeAsync(
        Making making,
        IReadOnlyList<RefName> names,
        IReadOnlyDictionary<RefName, CommitId> there,
        CancellationToken cancellationToken
    )
    {
        var (rollback, folder) = (making.Rollback, making.Folder);
        var tree = await making.Git.RestoreAsync(making.Tip, rollback.Good, folder, cancellationToken);
        if (tree.Failed(out var problem))
            return problem;
        var now = await making.Git.TreeOfAsync(making.Tip, cancellationToken);
        if (now.Failed(out problem))
            return problem;
        if (now.Value == tree.Value)
            return Result.Of<RevertedBranch?>(null);
        foreach (var name in names)
        {
            if (!there.TryGetValue(name, out var found))
                return await PushAsync(making, name, tree.Value, cancellationToken);
            var fits = await FitsAsync(making, found, cancellationToken);
            if (fits.Failed(out problem))
                return problem;
            if (fits.Value)
                return new RevertedBranch(name, folder);
        }
        return Problem.Conflict(
            $"{string.Join(" and ", names.Select(name => name.ShortName))} of {making.Repository.Repository.FullName} hold something else; delete them at the forge"
        );
    }

    /// <summary>Whether a branch is one commit on the environment's branch that takes back just this: then it does not matter who pushed it.</summary>
    private static async Task<Result<bool>> FitsAsync(
        Making making,
        CommitId found,
        CancellationToken cancellationToken
    )
    {
        var parent = await making.Git.FindOnlyParentAsync(found, cancellationToken);
        if (parent.Failed(out var problem))
            return problem;
        if (parent.Value is not { } below)
            return false;
        var isOn = await making.Repository.Mirror.IsAncestorAsync(below, making.Tip, cancellationToken);
        if (isOn.Failed(out problem))
            return problem;
        if (isOn.Value != true)
            return false;
        var wanted = await making.Git.RestoreAsync(below, making.Rollback.Good, making.Folder, cancellationToken);
        if (wanted.Failed(out problem))
            return problem;
        var tree = await making.Git.TreeOfAsync(found, cancellationToken);
        return tree.Failed(out problem) ? problem : tree.Value == wanted.Value;
    }

    private async Task<Result<RevertedBranch?>> PushAsync(
        Making making,
        RefName name,
        string tree,
        CancellationToken cancellationToken
    )
    {
        var text = RevertText.Commit(making.Rollback, tree, making.Tip, making.Folder, address.Url.IdnHost);
        var commit = await making.Git.CommitAsync(text, cancellationToken);
        if (commit.Failed(out var problem))
            return problem;
        var packed = await making.Git.PackAsync(commit.Value, making.Tip, cancellationToken);
        if (packed.Failed(out problem))
            return problem;
        var details = new JsonObject
        {
            ["commit"] = commit.Value.ToString(),
            ["onto"] = making.Tip.ToString(),
            ["as_at"] = making.Rollback.Good.ToString(),
            ["folder"] = making.Folder,
        };
        var pushed = await new CallAudit(audit, making.Links).CallAsync(
            "forge.branch.push",
            $"{making.Repository.Repository.FullName}:{name.ShortName}",
            details,
            token => SendAsync(making, name, commit.Value, token),
            cancellationToken
        );
        return pushed.Failed(out problem) ? problem : new RevertedBranch(name, making.Folder);
    }

    private async Task<Result<Done>> SendAsync(
        Making making,
        RefName name,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var access = making.Repository.Access;
        var listed = await push.ListAsync(access, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        // From nothing: what somebody has put there meanwhile is not moved.
        var command = new RefCommand(name.ToString(), default, commit);
        var sent = await push.SendAsync(access, listed.Value, [command], making.Place.PackFile, cancellationToken);
        if (sent.Failed(out problem))
            return problem;
        return sent.Value.WhyNot(command.Name) is { } why
            ? Problem.Denied($"the forge does not take branch '{name.ShortName}': {UntrustedText.Line(why, 200)}")
            : Result.Done;
    }

    private sealed record Making(
        OpenRepository Repository,
        Rollback Rollback,
        string Folder,
        RevertGit Git,
        Quarantine Place,
        CommitId Tip
    )
    {
        public Dictionary<string, string> Links =>
            new() { ["repository"] = Repository.Key.ToString(), ["run"] = Rollback.Run.Id.Text };
    }
}

/// <param name="Folder">What it restores; empty for the whole repository.</param>
internal sealed record RevertedBranch(RefName Name, string Folder);
