using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Server.Lineage;

/// <summary>
/// Which commits Bascule has itself: it made runs of them, or has them in the mirror. Nothing is fetched: a tag must not make Bascule ask a forge for things.
/// The runs of a job name the same commit over and over; each is looked for once.
/// </summary>
/// <param name="looks">How many commits may be looked for.</param>
internal sealed class KnownCommits(IRunStore runs, IMirrors mirrors, int looks)
{
    private readonly Dictionary<(RepositoryKey Key, CommitId Commit), bool?> _seen = [];

    /// <summary>Null when enough commits were looked for: nobody knows then.</summary>
    public async Task<bool?> HasAsync(RepositoryKey key, CommitId commit, CancellationToken cancellationToken)
    {
        if (_seen.TryGetValue((key, commit), out var known))
            return known;
        if (_seen.Count >= looks)
            return null;
        return _seen[(key, commit)] = await LookAsync(key, commit, cancellationToken);
    }

    /// <summary>Null as well when the mirror cannot be read.</summary>
    private async Task<bool?> LookAsync(RepositoryKey key, CommitId commit, CancellationToken cancellationToken)
    {
        var made = await runs.ListAsync(new RunFilter(key, Commit: commit, Limit: 1), cancellationToken);
        if (made.Count > 0)
            return true;
        var mirror = await mirrors.OpenAsync(key, cancellationToken);
        if (mirror.Problem is not null)
            return null;
        var described = await mirror.Value.DescribeAsync(commit, cancellationToken);
        return described.Problem is null ? true
            : described.Problem.Code == ProblemCode.NotFound ? false
            : null;
    }
}
