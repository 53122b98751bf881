using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Text;

namespace Bascule.Core.Lineage;

/// <summary>Answers where something comes from and what became of it, from what is stored.</summary>
public sealed class LineageTracer(ILineageStore lineage, IRunStore runs)
{
    public const int DefaultLimit = 25;
    public const int MaxLimit = 100;
    private const int MostCandidates = 10;
    private const int MostMakers = 10;
    private const int LongestName = 200;

    /// <summary>
    /// Invalid when the text means nothing, or several things, which are then listed. NotFound when nothing is known of it: what the reader may not see is not
    /// known either (THREATS T59).
    /// </summary>
    /// <param name="limit">Of runs, and of observed runs: the newest are shown.</param>
    public async Task<Result<LineageGraph>> TraceAsync(
        string? text,
        LineageReader reader,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var parsed = LineageQuestion.Parse(text);
        if (parsed.Failed(out var malformed))
            return malformed;
        var question = parsed.Value;
        if (question.Model is { } model)
            return await TraceModelAsync(model, reader, limit, cancellationToken);
        var run = question.Run is { } id ? await FindRunAsync(id, reader, cancellationToken) : null;
        var commits = question.Commit is { } prefix
            ? await lineage.FindCommitsAsync(prefix, reader.Within, MostCandidates + 1, cancellationToken)
            : [];
        return (run, commits) switch
        {
            (null, []) => Unknown(question),
            ({ } only, []) => await TraceRunAsync(only, reader, cancellationToken),
            (null, [var only]) => await TraceCommitAsync(only, reader, limit, cancellationToken) ?? Unknown(question),
            _ => Ambiguous(question, run, commits),
        };
    }

    /// <summary>What runs where: the newest success of each workflow in each environment, and where each comes from.</summary>
    public async Task<(IReadOnlyList<Run> Runs, LineageGraph Graph)> TraceDeployedAsync(
        LineageReader reader,
        CancellationToken cancellationToken
    )
    {
        var deployed = await lineage.ListDeployedAsync(reader.Within, MaxLimit, cancellationToken);
        return (deployed, await CompleteAsync(new LineageBuilder(reader), deployed, cancellationToken));
    }

    private async Task<Run?> FindRunAsync(RunId id, LineageReader reader, CancellationToken cancellationToken) =>
        await runs.FindAsync(id, cancellationToken) is { } run && reader.Sees(run) ? run : null;

    private async Task<Result<LineageGraph>> TraceRunAsync(
        Run run,
        LineageReader reader,
        CancellationToken cancellationToken
    )
    {
        var builder = new LineageBuilder(reader);
        builder.Asked.Add(LineageGraph.IdOf(run));
        return await CompleteAsync(builder, [run], cancellationToken);
    }

    /// <summary>Null when it was forgotten meanwhile.</summary>
    private async Task<Result<LineageGraph>?> TraceCommitAsync(
        CommitId commit,
        LineageReader reader,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var builder = new LineageBuilder(reader);
        var found = await lineage.ReadRunsAsync(commit, reader.Within, limit, cancellationToken);
        var observed = await lineage.ReadObservedAsync(commit, reader.Within, limit, cancellationToken);
        foreach (var update in await lineage.ReadUpdatesAsync(commit, reader.Within, MostMakers, cancellationToken))
            builder.Add(update, commit);
        // One that was observed before Bascule had written down that it started it.
        builder.AddObserved([.. observed.Items.Where(run => !found.Items.Any(own => IsSame(own, run)))]);
        builder.LeaveOut($"older runs of commit {commit.Short}", found.Total - found.Items.Count);
        builder.LeaveOut($"older observed runs of commit {commit.Short}", observed.Total - observed.Items.Count);
        var graph = await CompleteAsync(builder, found.Items, cancellationToken);
        var asked = graph.Nodes.Where(node => node.Kind == LineageKind.Commit).Select(node => node.Id).ToList();
        if (asked.Count == 0)
            return null;
        return graph with { Asked = asked };
    }

    private static bool IsSame(Run own, ObservedRun observed) =>
        own.PlatformRunId is { } id
        && (id == observed.Id || id == ForeignRunId.JobRun(observed.Id))
        && own.Environment == observed.Environment;

    private async Task<Result<LineageGraph>> TraceModelAsync(
        ModelReference model,
        LineageReader reader,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var found = await lineage.FindVersionsAsync(model, reader.Within, MostCandidates + 1, cancellationToken);
        var exact = found.Where(version => version.Name == model.Name).ToList();
        if (model.Version is null)
            return Versionless(model, found);
        if ((exact.Count > 0 ? exact : found) is not [var version])
            return found.Count == 0 ? Unknown(model) : Ambiguous(model, found);
        var builder = new LineageBuilder(reader);
        var makers = await lineage.ReadMakersAsync(
            version,
            reader.Within,
            Math.Min(limit, MostMakers),
            cancellationToken
        );
        builder.Asked.Add(LineageBuilder.IdOf(version));
        // What Bascule's own run made is Bascule's to tell: others may have written its name into their tags.
        if (makers.Count == 0)
            builder.AddObserved(
                await lineage.ReadObservedMakersAsync(version, reader.Within, MostMakers, cancellationToken),
                version
            );
        var graph = await CompleteAsync(builder, makers, cancellationToken);
        return graph.Nodes.Any(node => node.Id == builder.Asked[0]) ? graph : Unknown(model);
    }

    private async Task<LineageGraph> CompleteAsync(
        LineageBuilder builder,
        IReadOnlyList<Run> shown,
        CancellationToken cancellationToken
    )
    {
        var facts = shown.Count == 0 ? RunFacts.None : await lineage.ReadFactsAsync(shown, cancellationToken);
        builder.Add(shown, facts);
        var commits = builder.Commits;
        if (commits.Count > 0)
            builder.Add(await lineage.ReadPushesAsync(commits, cancellationToken));
        var (uids, accounts) = builder.People;
        var known =
            uids.Count + accounts.Count == 0 ? [] : await lineage.ReadPeopleAsync(uids, accounts, cancellationToken);
        return builder.Build(known);
    }

    private static Problem Unknown(LineageQuestion question) =>
        Problem.NotFound(
            $"nothing is known of '{question.Shown}': Bascule knows commits that a ref led to, a run was made of, or a run on a platform names; "
                + "`bascule run list` shows runs, `bascule doctor` checks the connections"
        );

    private static Problem Unknown(ModelReference model) =>
        Problem.NotFound(
            $"nothing is known of model '{Cut(model.ToString())}': a run of Bascule has to have registered it, or an environment has to observe it; "
                + "write the full name as catalog.schema.name@version, as `bascule run show` writes it"
        );

    private static Problem Versionless(ModelReference model, IReadOnlyList<ModelVersion> found) =>
        found.Count == 0
            ? Unknown(model)
            : Problem.Invalid($"model '{Cut(model.Name)}' has versions; ask for one of {Names(found)}");

    private static Problem Ambiguous(ModelReference model, IReadOnlyList<ModelVersion> found) =>
        Problem.Invalid($"'{Cut(model.ToString())}' is the end of several names; write one of {Names(found)}");

    private static Problem Ambiguous(LineageQuestion question, Run? run, IReadOnlyList<CommitId> commits)
    {
        var candidates = commits.Take(MostCandidates).Select(commit => $"commit:{commit}");
        var all = run is null ? candidates : candidates.Prepend($"run:{run.Id}");
        var more = commits.Count > MostCandidates ? ", and more" : "";
        return Problem.Invalid(
            $"'{question.Shown}' may be several things; write one of {string.Join(", ", all)}{more}"
        );
    }

    private static string Names(IReadOnlyList<ModelVersion> found) =>
        string.Join(
            ", ",
            found.Take(MostCandidates).Select(version => Cut(ModelReference.Of(version.Name, version.Version)))
        ) + (found.Count > MostCandidates ? ", and more" : "");

    private static string Cut(string text) => PlainText.Line(text, LongestName);
}

/// <summary>Who reads.</summary>
/// <param name="Within">The runs they may see; null for all.</param>
/// <param name="SeesNames">Whether they may see what people are called; logins at the forge are for everybody who may see a run.</param>
public sealed record LineageReader(IReadOnlyList<RunReach>? Within, bool SeesNames)
{
    public bool Sees(Run run) => Within is null || Within.Any(reach => reach.Holds(run));
}
