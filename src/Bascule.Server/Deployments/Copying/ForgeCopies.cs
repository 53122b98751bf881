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
using Bascule.Server.Mirrors;

namespace Bascule.Server.Deployments.Copying;

/// <summary>Moves the branch of a forge that is named as the deploy ref, with the forge's own credential.</summary>
internal sealed class ForgeCopies(ForgePush push, Quarantines quarantines, MirrorOptions mirrors, AuditTrail audit)
{
    /// <summary>Of the forge's branches, those that are asked whether the commit is in them: it came from one.</summary>
    private const int MostAsked = 50;

    private readonly GitCommand _git = new(mirrors.Running);

    /// <summary>
    /// Null when it is there already. Conflict when somebody moves the branch at the same time; Denied when the forge does not take it.
    /// </summary>
    /// <returns>What was done, for people.</returns>
    public async Task<Result<string?>> BringAsync(
        OpenRepository repository,
        Deployment deployed,
        CancellationToken cancellationToken
    )
    {
        var name = deployed.Place.Ref;
        var listed = await push.ListAsync(repository.Access, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var before = listed.Value.Tips.GetValueOrDefault(name);
        if (before == deployed.Commit)
            return Result.Of<string?>(null);
        // The mirror is a cache: this brings the commit back where it was lost.
        if ((await repository.Mirror.DescribeAsync(deployed.Commit, cancellationToken)).Failed(out problem))
            return problem;
        var opened = quarantines.Open();
        if (opened.Failed(out problem))
            return problem;
        using var place = opened.Value;
        var packed = await PackAsync(repository, deployed.Commit, listed.Value, place, cancellationToken);
        if (packed.Failed(out problem))
            return problem;
        var command = new RefCommand(name.ToString(), before, deployed.Commit);
        var pushed = await new CallAudit(audit, Links(deployed)).CallAsync(
            "forge.branch.push",
            $"{repository.Repository.FullName}:{name.ShortName}",
            new JsonObject
            {
                ["commit"] = deployed.Commit.ToString(),
                ["before"] = before.IsZero ? null : before.ToString(),
                ["generation"] = deployed.Generation,
            },
            token => SendAsync(repository, listed.Value, command, place, token),
            cancellationToken
        );
        if (pushed.Failed(out problem))
            return problem;
        return $"{name.ShortName} at the forge is at {deployed.Commit.Short}"
            + (before.IsZero ? "" : $"; it was at {before.Short}");
    }

    /// <summary>What the forge lacks: nothing, unless the history that had the commit was rewritten.</summary>
    private async Task<Result<Done>> PackAsync(
        OpenRepository repository,
        CommitId commit,
        ForgeRefs forge,
        Quarantine place,
        CancellationToken cancellationToken
    )
    {
        var mirror = MirrorFolder.Of(mirrors.Folder, repository.Key);
        if (mirror.Failed(out var problem))
            return problem;
        var holding = await FindHoldingAsync(repository, commit, forge, cancellationToken);
        if (holding.Failed(out problem))
            return problem;
        var pack = new ForgePack(_git, place, Path.Join(mirror.Value.Path, "objects"), mirrors.FetchTimeout);
        return await pack.WriteAsync(commit, holding.Value, cancellationToken);
    }

    /// <summary>A tip of the forge's that leads to the commit; null when none is known to.</summary>
    private static async Task<Result<CommitId?>> FindHoldingAsync(
        OpenRepository repository,
        CommitId commit,
        ForgeRefs forge,
        CancellationToken cancellationToken
    )
    {
        var main = "refs/heads/" + repository.Repository.DefaultBranch;
        var tips = forge
            .Tips.Where(tip => tip.Key.IsBranch)
            .OrderByDescending(tip => tip.Key.ToString() == main)
            .Select(tip => tip.Value)
            .Distinct()
            .Take(MostAsked);
        foreach (var tip in tips)
        {
            var isIn = await repository.Mirror.IsAncestorAsync(commit, tip, cancellationToken);
            if (isIn.Failed(out var problem))
                return problem;
            if (isIn.Value == true)
                return Result.Of<CommitId?>(tip);
        }
        return Result.Of<CommitId?>(null);
    }

    private async Task<Result<Done>> SendAsync(
        OpenRepository repository,
        ForgeRefs forge,
        RefCommand command,
        Quarantine place,
        CancellationToken cancellationToken
    )
    {
        var sent = await push.SendAsync(repository.Access, forge, [command], place.PackFile, cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        return sent.Value.WhyNot(command.Name) is { } why
            ? Problem.Denied(
                $"the forge does not take {command.Name}: {UntrustedText.Line(why, 200)}; let Bascule's account push it there, by force too"
            )
            : Result.Done;
    }

    private static Dictionary<string, string> Links(Deployment deployed)
    {
        var links = new Dictionary<string, string> { ["repository"] = deployed.Place.Repository.ToString() };
        if (deployed.Run is { } run)
            links["run"] = run.Text;
        return links;
    }
}
