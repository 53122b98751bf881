using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;
using Bascule.Storage.Changes;
using Dapper;

namespace Bascule.Storage.Stores;

internal sealed class LineageStore(IReaders readers) : ILineageStore
{
    /// <summary>By its full name, or by the end of it after a dot. No LIKE: names hold '_', which would match anything.</summary>
    private const string Meant = """
        version = @Version AND (name = @Name OR (length(name) > @Length AND substr(name, length(name) - @Length + 1) = @End))
        """;

    private readonly LineageFactReader _facts = new(readers);

    public async Task<IReadOnlyList<CommitId>> FindCommitsAsync(
        string prefix,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters(
            new
            {
                Prefix = prefix,
                // Behind every hexadecimal digit: unlike LIKE, a range uses the index.
                End = prefix + "g",
                Limit = limit,
            }
        );
        var ofRuns = $"commit_id >= @Prefix AND commit_id < @End AND {Reach(within, parameters)}";
        var ofTips = $"after_tip >= @Prefix AND after_tip < @End AND {WholeRepositories(within, parameters)}";
        var ids = await readers.ListAsync<string>(
            $"""
            SELECT commit_id FROM (
              SELECT DISTINCT commit_id FROM run WHERE {ofRuns}
              UNION SELECT commit_id FROM observed_run WHERE {ofRuns}
              UNION SELECT after_tip FROM ref_update WHERE {ofTips}
            ) AS known ORDER BY commit_id LIMIT @Limit
            """,
            parameters,
            cancellationToken
        );
        return [.. ids.Select(CommitId.Parse)];
    }

    public async Task<Counted<Run>> ReadRunsAsync(
        CommitId commit,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters(new { Commit = commit.ToString(), Limit = limit });
        var where = $"commit_id = @Commit AND {Reach(within, parameters)}";
        var rows = await readers.ListAsync<RunRow>(
            $"SELECT * FROM run WHERE {where} ORDER BY seq DESC LIMIT @Limit",
            parameters,
            cancellationToken
        );
        var total =
            rows.Count < limit
                ? rows.Count
                : await readers.FindAsync<long>(
                    $"SELECT count(*) FROM run WHERE {where}",
                    parameters,
                    cancellationToken
                );
        return new Counted<Run>([.. rows.Select(row => row.ToRun())], total);
    }

    public async Task<Counted<ObservedRun>> ReadObservedAsync(
        CommitId commit,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters(new { Commit = commit.ToString(), Limit = limit });
        var where = $"commit_id = @Commit AND {Reach(within, parameters)}";
        var runs = await _facts.ReadObservedAsync(where, parameters, cancellationToken);
        var total =
            runs.Count < limit
                ? runs.Count
                : await readers.FindAsync<long>(
                    $"SELECT count(*) FROM observed_run WHERE {where}",
                    parameters,
                    cancellationToken
                );
        return new Counted<ObservedRun>(runs, total);
    }

    public Task<IReadOnlyList<ObservedRun>> FindObservedAsync(
        string environment,
        IReadOnlyCollection<string> ids,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters(new { Environment = environment, Limit = ids.Count });
        return _facts.ReadObservedAsync(
            $"environment = @Environment AND id IN {parameters.In(ids)}",
            parameters,
            cancellationToken
        );
    }

    public async Task<IReadOnlyList<UnfoundedRun>> FindUnfoundedAsync(
        string environment,
        IReadOnlyCollection<string> ids,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters(new { Environment = environment });
        var rows = await readers.ListAsync<UnfoundedRow>(
            $"SELECT * FROM unfounded_run WHERE environment = @Environment AND id IN {parameters.In(ids)}",
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToRun())];
    }

    public async Task<IReadOnlyDictionary<string, long>> CountUnfoundedAsync(CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<UnfoundedCount>(
            "SELECT environment, count(*) AS total FROM unfounded_run GROUP BY environment",
            new { },
            cancellationToken
        );
        return rows.ToDictionary(row => row.Environment, row => row.Total);
    }

    public async Task<IReadOnlySet<string>> FindOwnAsync(
        IReadOnlyCollection<string> environments,
        IReadOnlyCollection<string> platformRuns,
        IReadOnlyCollection<CommitId> commits,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters();
        var own = await readers.ListAsync<string>(
            $"""
            SELECT DISTINCT platform_run_id FROM run
             WHERE commit_id IN {parameters.In(commits.Select(commit => commit.ToString()))}
               AND platform_run_id IN {parameters.In(platformRuns)} AND environment IN {parameters.In(environments)}
            """,
            parameters,
            cancellationToken
        );
        return own.ToHashSet();
    }

    public async Task<IReadOnlyList<RefUpdate>> ReadUpdatesAsync(
        CommitId commit,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters(new { Commit = commit.ToString(), Limit = limit });
        var rows = await readers.ListAsync<RefUpdateRow>(
            $"""
            SELECT forge_uid, repository_id, ref, generation, before_tip, after_tip, move, by_id, by_login, delivery, at
              FROM ref_update WHERE after_tip = @Commit AND {WholeRepositories(within, parameters)}
             ORDER BY seq DESC LIMIT @Limit
            """,
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToUpdate())];
    }

    public async Task<IReadOnlyList<ModelVersion>> FindVersionsAsync(
        ModelReference model,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var end = "." + model.Name;
        var parameters = new DynamicParameters(
            new
            {
                model.Name,
                model.Version,
                End = end,
                end.Length,
                Limit = limit,
            }
        );
        var reach = Reach(within, parameters);
        var meant = model.Version is null ? "name = @Name" : Meant;
        var rows = await readers.ListAsync<VersionRow>(
            $"""
            SELECT name, version, max(place) AS place FROM (
              SELECT name, version, (SELECT seq FROM run WHERE run.id = run_model.run) AS place FROM run_model
               WHERE {meant} AND EXISTS (SELECT 1 FROM run WHERE run.id = run_model.run AND {reach})
              UNION ALL
              SELECT name, version, 0 AS place FROM observed_model
               WHERE {meant} AND EXISTS (SELECT 1 FROM observed_run
                 WHERE observed_run.environment = observed_model.environment AND observed_run.id = observed_model.run AND {reach})
            ) AS known GROUP BY name, version ORDER BY place DESC, name, version LIMIT @Limit
            """,
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => new ModelVersion(row.Name, row.Version, null))];
    }

    public async Task<IReadOnlyList<Run>> ReadMakersAsync(
        ModelVersion version,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var parameters = Parameters(version, limit);
        var rows = await readers.ListAsync<RunRow>(
            $"""
            SELECT * FROM run WHERE id IN (SELECT run FROM run_model WHERE name = @Name AND version = @Version)
              AND {Reach(within, parameters)}
            ORDER BY seq DESC LIMIT @Limit
            """,
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToRun())];
    }

    public Task<IReadOnlyList<ObservedRun>> ReadObservedMakersAsync(
        ModelVersion version,
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var parameters = Parameters(version, limit);
        return _facts.ReadObservedAsync(
            $"""
            (environment, id) IN (SELECT environment, run FROM observed_model WHERE name = @Name AND version = @Version)
              AND {Reach(within, parameters)}
            """,
            parameters,
            cancellationToken
        );
    }

    public Task<RunFacts> ReadFactsAsync(IReadOnlyList<Run> runs, CancellationToken cancellationToken) =>
        _facts.ReadAsync(runs, cancellationToken);

    public Task<IReadOnlyList<PushedRef>> ReadPushesAsync(
        IReadOnlyCollection<CommitId> commits,
        CancellationToken cancellationToken
    ) => _facts.ReadPushesAsync(commits, cancellationToken);

    public Task<IReadOnlyList<KnownPerson>> ReadPeopleAsync(
        IReadOnlyCollection<string> uids,
        IReadOnlyCollection<ForgeAccountKey> accounts,
        CancellationToken cancellationToken
    ) => _facts.ReadPeopleAsync(uids, accounts, cancellationToken);

    public async Task<IReadOnlyList<Run>> ListDeployedAsync(
        IReadOnlyList<RunReach>? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters(new { Limit = limit });
        var rows = await readers.ListAsync<RunRow>(
            $"""
            SELECT run.* FROM run JOIN (
              SELECT max(seq) AS newest FROM run WHERE state = 'Succeeded' AND environment IS NOT NULL AND reproduces IS NULL AND promotes IS NULL AND {Reach(
                within,
                parameters
            )}
              GROUP BY environment, forge_uid, repository_id, workflow
            ) AS deployed ON deployed.newest = run.seq
            ORDER BY run.environment, run.repository_name, run.workflow, run.seq LIMIT @Limit
            """,
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToRun())];
    }

    private static DynamicParameters Parameters(ModelVersion version, int limit) =>
        new(
            new
            {
                version.Name,
                version.Version,
                Limit = limit,
            }
        );

    private static string Reach(IReadOnlyList<RunReach>? within, DynamicParameters parameters) =>
        within is null ? "1 = 1" : ReachSql.Runs(within, parameters);

    /// <summary>What is of no environment is for those alone who may see all of a repository.</summary>
    private static string WholeRepositories(IReadOnlyList<RunReach>? within, DynamicParameters parameters) =>
        within is null ? "1 = 1" : ReachSql.Runs([.. within.Where(reach => reach.Environments is null)], parameters);

    private sealed record VersionRow
    {
        public required string Name { get; init; }
        public required string Version { get; init; }
    }
}
