using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Server.GitProxy.Lfs;
using Bascule.Server.Mirrors;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>Has the content of a push judged in its quarantine, on the ground of what the forge has.</summary>
internal sealed class PushJudge(IMirrors mirrors, MirrorOptions mirrorOptions, PushLimits limits, LfsProofs proofs)
{
    private readonly GitCommand _git = new(mirrorOptions.Running);

    /// <summary>What the checks say, and where the refs will lead; a problem when the push cannot be judged, which refuses it as well.</summary>
    public async Task<Result<PushJudgement>> JudgeAsync(
        PushUnderWay push,
        ForgeRefs forge,
        CancellationToken cancellationToken
    )
    {
        var (pass, repository) = (push.Pass, push.Repository);
        var folder = MirrorFolder.Of(mirrorOptions.Folder, repository.Key);
        if (folder.Failed(out var nameless))
            return nameless;
        var git = new QuarantineGit(_git, push.Quarantine, Path.Combine(folder.Value.Path, "objects"), limits);
        _ = RefName.TryBranch(repository.Repository.DefaultBranch, out var main);
        var tips = await GatherAsync(git, pass, repository, forge, main, cancellationToken);
        if (tips.Failed(out var unfetched))
            return unfetched;
        if (push.Request.HasPack && await git.IndexAsync(pass.Refs.IsWhole, cancellationToken) is { } broken)
            return broken;
        var checks = PushChecks.For(pass.Holder, limits.Settings);
        var inspection = new PushInspection(git, checks, tips.Value, main, pass, limits, proofs);
        var findings = await inspection.InspectAsync(push.Request.Commands, cancellationToken);
        return findings.Failed(out var unjudged) ? unjudged : new PushJudgement(findings.Value, inspection.Heads);
    }

    /// <summary>Brings the mirror up to date where it is not, and leaves out what has gone meanwhile.</summary>
    private async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> GatherAsync(
        QuarantineGit git,
        GitPass pass,
        ProxiedRepository repository,
        ForgeRefs forge,
        RefName main,
        CancellationToken cancellationToken
    )
    {
        var mirror = await mirrors.OpenAsync(repository.Key, cancellationToken);
        if (mirror.Failed(out var unopened))
            return unopened;
        var wanted = forge.Tips.Where(tip => tip.Key == main || pass.Refs.Allow(tip.Key)).ToList();
        var here = await HereAsync(git, wanted, cancellationToken);
        if (here.Failed(out var unread))
            return unread;
        var missing = wanted.Where(tip => !here.Value.ContainsKey(tip.Key)).Select(tip => tip.Key).ToList();
        if (missing.Count == 0)
            return here;
        var fetched = await mirror.Value.FetchAsync(repository.Access, missing, cancellationToken);
        return fetched.Failed(out var unfetched) ? unfetched : await HereAsync(git, wanted, cancellationToken);
    }

    private static async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> HereAsync(
        QuarantineGit git,
        List<KeyValuePair<RefName, CommitId>> tips,
        CancellationToken cancellationToken
    )
    {
        var kinds = await git.KindsAsync([.. tips.Select(tip => tip.Value.ToString())], cancellationToken);
        return kinds.Failed(out var problem)
            ? problem
            : Result.Of<IReadOnlyDictionary<RefName, CommitId>>(
                tips.Zip(kinds.Value)
                    .Where(pair => pair.Second.Kind is not null)
                    .ToDictionary(pair => pair.First.Key, pair => pair.First.Value)
            );
    }
}

/// <param name="Heads">The commit that each ref will lead to, by name of the ref.</param>
internal sealed record PushJudgement(IReadOnlyList<PushFinding> Findings, IReadOnlyDictionary<string, CommitId> Heads);
