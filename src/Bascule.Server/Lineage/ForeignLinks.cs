using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Connections;
using Bascule.Server.Runs;

namespace Bascule.Server.Lineage;

/// <param name="Observed">Tied to a commit.</param>
/// <param name="Unfounded">They claim a commit that no repository of the environment has.</param>
internal sealed record ForeignFindings(IReadOnlyList<ObservedRun> Observed, IReadOnlyList<UnfoundedRun> Unfounded);

/// <summary>
/// Ties foreign runs to commits: of repositories that the environment lists, and that Bascule has itself. A tag is text of whoever wrote it, so one that
/// names anything else ties nothing, and one that pretends to be Bascule's own changes nothing about Bascule's own (THREATS T134).
/// </summary>
internal sealed class ForeignLinks(
    ILineageStore lineage,
    IRunStore runs,
    IRepositoryStore repositories,
    ForgeConnections forges,
    EnvironmentConnections environments,
    IMirrors mirrors,
    RunMark marks,
    TimeProvider time
)
{
    /// <summary>Questions to mirrors in one look: each is a look at a local object.</summary>
    private const int MostLooks = 300;

    /// <summary>Whoever writes tags could fill the audit log otherwise; the others are told by the next look.</summary>
    private const int MostUnfounded = 50;

    private const int MaxText = 200;
    private const int AskedAtOnce = 50;

    /// <summary>
    /// A tag of a job tells what the job is now. Looks are an hour apart, so of a run that began within two of them it told the same, as a rule; of an older one
    /// nobody knows.
    /// </summary>
    private static readonly TimeSpan JobTagsHold = 2 * ForeignRunsHandler.Pause;

    public async Task<ForeignFindings> FindAsync(
        EnvironmentConnection environment,
        IReadOnlyList<ForeignRun> foreign,
        CancellationToken cancellationToken
    )
    {
        var places = await PlacesAsync(environment, cancellationToken);
        var own = await OwnAsync(environment, foreign, cancellationToken);
        var noted = await NotedAsync(environment, foreign, cancellationToken);
        var commits = new KnownCommits(runs, mirrors, MostLooks);
        var (linked, unfounded) = (new List<ObservedRun>(), new List<UnfoundedRun>());
        foreach (var run in foreign)
            if (await IsOursAsync(run, own, cancellationToken))
                continue;
            else if (
                await TieAsync(run, noted.GetValueOrDefault(run.Id), places, commits, cancellationToken) is { } tie
            )
                linked.Add(await ObservedAsync(environment, run, tie, cancellationToken));
            else if (await FindUnfoundedAsync(run, places, commits, cancellationToken) is { } claim)
                unfounded.Add(new UnfoundedRun(environment.Name, run.Id, claim.Commit, claim.Tag, time.GetUtcNow()));
        return new ForeignFindings(linked, [.. unfounded.Take(MostUnfounded)]);
    }

    /// <summary>
    /// What the run itself claims, when it is certain that no repository has it: each was looked at, and could be read. A tag of its job may be about another run.
    /// </summary>
    private static async Task<(string Tag, CommitId Commit)?> FindUnfoundedAsync(
        ForeignRun run,
        IReadOnlyList<(RepositoryKey Key, ForgeRepository Repository)> places,
        KnownCommits commits,
        CancellationToken cancellationToken
    )
    {
        if (places.Count == 0 || Commit(run.Commits) is not { } named)
            return null;
        foreach (var (key, _) in places)
            if (await commits.HasAsync(key, named.Commit, cancellationToken) is not false)
                return null;
        return named;
    }

    /// <summary>By what the run itself says; otherwise by what its job said when it was first seen.</summary>
    private async Task<Tie?> TieAsync(
        ForeignRun run,
        ObservedRun? noted,
        IReadOnlyList<(RepositoryKey Key, ForgeRepository Repository)> places,
        KnownCommits commits,
        CancellationToken cancellationToken
    )
    {
        var named = Commit(run.Commits);
        if (named is null && noted is not null && places.Any(place => place.Key == noted.Repository))
            return new Tie(noted.Repository, noted.Tag, noted.Commit);
        if ((named ??= IsFresh(run) ? Commit(run.JobCommits) : null) is not { } found)
            return null;
        foreach (var (key, _) in places.OrderByDescending(place => Says(run, place.Repository)))
            if (await commits.HasAsync(key, found.Commit, cancellationToken) is true)
                return new Tie(key, found.Tag, found.Commit);
        return null;
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

    /// <summary>Runs that Bascule's records know as its own: by the platform's id of them, which nobody else gets.</summary>
    private async Task<IReadOnlySet<string>> OwnAsync(
        EnvironmentConnection environment,
        IReadOnlyList<ForeignRun> foreign,
        CancellationToken cancellationToken
    )
    {
        var names = environments
            .All.Where(other => other.Platform.Name == environment.Platform.Name)
            .Select(other => other.Name)
            .ToList();
        var own = new HashSet<string>();
        foreach (var some in foreign.Where(run => (run.PlatformRun ?? run.Parent) is not null).Chunk(AskedAtOnce))
            own.UnionWith(
                await lineage.FindOwnAsync(
                    names,
                    [.. some.SelectMany(run => new[] { run.PlatformRun, run.Parent }).OfType<string>().Distinct()],
                    [
                        .. some.SelectMany(run => run.Commits.Concat(run.JobCommits))
                            .Select(Parse)
                            .OfType<CommitId>()
                            .Distinct(),
                    ],
                    cancellationToken
                )
            );
        return own;
    }

    /// <summary>What was noted by a tag of its job stays tied to that commit: the tag may name another one by now.</summary>
    private async Task<IReadOnlyDictionary<string, ObservedRun>> NotedAsync(
        EnvironmentConnection environment,
        IReadOnlyList<ForeignRun> foreign,
        CancellationToken cancellationToken
    )
    {
        var noted = new Dictionary<string, ObservedRun>();
        foreach (var some in foreign.Where(IsOfJob).Select(run => run.Id).Chunk(AskedAtOnce))
        foreach (var run in await lineage.FindObservedAsync(environment.Name, some, cancellationToken))
            if (CommitSource.IsOfJob(run.Tag))
                noted[run.Id] = run;
        return noted;
    }

    /// <summary>
    /// It carries a seal that only Bascule makes. Whoever copied one from a run that has ended shows by what it registered that it is another; one that
    /// registered nothing is passed over, and so is one whose run is going on or forgotten. What the platform runs is Bascule's when its records say so, and
    /// otherwise only while the run of the seal waits to be told what the platform calls it. What says to be a step of Bascule's is passed over as well, unless
    /// it registered something that nobody knows of.
    /// </summary>
    private async Task<bool> IsOursAsync(ForeignRun run, IReadOnlySet<string> own, CancellationToken cancellationToken)
    {
        if (run.PlatformRun is { } platformRun && own.Contains(platformRun))
            return true;
        if (run.Parent is { } parent && own.Contains(parent) && run.Models.Count == 0)
            return true;
        if (run.Mark is not { } mark || marks.Read(mark) is not { } id)
            return false;
        var sealedRun = await runs.FindAsync(id, cancellationToken);
        if (run.PlatformRun is not null)
            return sealedRun is { IsFinal: false, PlatformRunId: null };
        if (sealedRun is not { IsFinal: true })
            return true;
        var models = await runs.ReadModelsAsync(id, cancellationToken);
        return run.Models.All(model => models.Any(one => one.Name == model.Name && one.Version == model.Version));
    }

    private static bool IsOfJob(ForeignRun run) => ForeignRunId.JobRun(run.Id) is not null;

    private bool IsFresh(ForeignRun run) => run.StartedAt > time.GetUtcNow() - JobTagsHold;

    /// <summary>The first source that holds a whole commit id and nothing else.</summary>
    private static (string Tag, CommitId Commit)? Commit(IReadOnlyList<(string Tag, string Value)> sources)
    {
        foreach (var source in sources)
            if (Parse(source) is { } commit)
                return (source.Tag, commit);
        return null;
    }

    private static CommitId? Parse((string Tag, string Value) source) =>
        CommitId.TryParse(source.Value, out var commit) && !commit.IsZero ? commit : null;

    /// <summary>Only to choose between repositories that both have the commit; it proves nothing.</summary>
    private static bool Says(ForeignRun run, ForgeRepository repository) =>
        run.Origin is { } url
        && url.TrimEnd('/')
            .Replace(".git", "", StringComparison.OrdinalIgnoreCase)
            .EndsWith("/" + repository.FullName, StringComparison.OrdinalIgnoreCase);

    private async Task<ObservedRun> ObservedAsync(
        EnvironmentConnection environment,
        ForeignRun run,
        Tie tie,
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
            Repository = tie.Repository,
            Commit = tie.Commit,
            Tag = tie.Tag,
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

    /// <param name="Tag">What named the commit.</param>
    private sealed record Tie(RepositoryKey Repository, string Tag, CommitId Commit);
}
