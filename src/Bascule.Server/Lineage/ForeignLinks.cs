using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Connections;
using Bascule.Server.Runs;

namespace Bascule.Server.Lineage;

/// <summary>
/// Ties foreign runs to commits: of repositories that the environment lists, and that Bascule has itself. A tag is text of whoever wrote it, so one that
/// names anything else ties nothing, and one that pretends to be Bascule's own changes nothing about Bascule's own (THREATS T134).
/// </summary>
internal sealed class ForeignLinks(
    ILineageStore lineage,
    IRunStore runs,
    IRepositoryStore repositories,
    ForgeConnections forges,
    IMirrors mirrors,
    RunMark marks,
    TimeProvider time
)
{
    /// <summary>Questions to mirrors in one look: each is a look at a local object.</summary>
    private const int MostLooks = 300;

    private const int MaxText = 200;

    public async Task<IReadOnlyList<ObservedRun>> FindAsync(
        EnvironmentConnection environment,
        IReadOnlyList<ForeignRun> foreign,
        CancellationToken cancellationToken
    )
    {
        var places = await PlacesAsync(environment, cancellationToken);
        var looks = MostLooks;
        var linked = new List<ObservedRun>();
        foreach (var run in foreign)
        {
            if (await IsOursAsync(run, cancellationToken) || Commit(run) is not { } named)
                continue;
            foreach (var (key, _) in places.OrderByDescending(place => Says(run, place.Repository)))
                if (looks-- > 0 && await IsKnownAsync(key, named.Commit, cancellationToken))
                {
                    linked.Add(await ObservedAsync(environment, run, key, named, cancellationToken));
                    break;
                }
        }
        return linked;
    }

    private async Task<IReadOnlyList<(RepositoryKey Key, ForgeRepository Repository)>> PlacesAsync(
        EnvironmentConnection environment,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await repositories.ListAsync(cancellationToken)).Where(known =>
                forges.Find(known.Key.ForgeUid) is { } forge
                && environment.Rule.Repositories.Any(pattern => pattern.IsMatch(forge.Name, known.Repository.FullName))
            ),
        ];

    /// <summary>
    /// It carries a seal that only Bascule makes. Whoever copied one from a run that has ended shows by what it registered that it is another; one that
    /// registered nothing is passed over, and so is one whose run is going on or forgotten.
    /// </summary>
    private async Task<bool> IsOursAsync(ForeignRun run, CancellationToken cancellationToken)
    {
        if (run.Mark is not { } mark || marks.Read(mark) is not { } id)
            return false;
        if (await runs.FindAsync(id, cancellationToken) is not { IsFinal: true })
            return true;
        var own = await runs.ReadModelsAsync(id, cancellationToken);
        return run.Models.All(model => own.Any(one => one.Name == model.Name && one.Version == model.Version));
    }

    /// <summary>The first tag that holds a whole commit id and nothing else.</summary>
    private static (string Tag, CommitId Commit)? Commit(ForeignRun run)
    {
        foreach (var (tag, value) in run.Commits)
            if (CommitId.TryParse(value, out var commit) && !commit.IsZero)
                return (tag, commit);
        return null;
    }

    /// <summary>Only to choose between repositories that both have the commit; it proves nothing.</summary>
    private static bool Says(ForeignRun run, ForgeRepository repository) =>
        run.Origin is { } url
        && url.TrimEnd('/')
            .Replace(".git", "", StringComparison.OrdinalIgnoreCase)
            .EndsWith("/" + repository.FullName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Made runs of it, or has it in the mirror. Nothing is fetched: a tag must not make Bascule ask a forge for things.</summary>
    private async Task<bool> IsKnownAsync(RepositoryKey key, CommitId commit, CancellationToken cancellationToken)
    {
        var made = await runs.ListAsync(new RunFilter(key, Commit: commit, Limit: 1), cancellationToken);
        if (made.Count > 0)
            return true;
        var mirror = await mirrors.OpenAsync(key, cancellationToken);
        return mirror.Problem is null && (await mirror.Value.DescribeAsync(commit, cancellationToken)).Problem is null;
    }

    private async Task<ObservedRun> ObservedAsync(
        EnvironmentConnection environment,
        ForeignRun run,
        RepositoryKey key,
        (string Tag, CommitId Commit) named,
        CancellationToken cancellationToken
    )
    {
        var models = new List<ModelVersion>();
        foreach (var model in run.Models)
            if ((await lineage.ReadMakersAsync(model, within: null, 1, cancellationToken)).Count == 0)
                models.Add(model);
        return new ObservedRun(environment.Name, run.Id)
        {
            Platform = environment.Platform.Name,
            Repository = key,
            Commit = named.Commit,
            Tag = named.Tag,
            Name = Line(run.Name),
            By = Line(run.By),
            State = Line(run.State),
            StartedAt = run.StartedAt,
            Page = run.Page,
            NotedAt = time.GetUtcNow(),
            Models = models,
        };
    }

    private static string? Line(string? text) => text is null ? null : PlainText.Line(text, MaxText);
}
