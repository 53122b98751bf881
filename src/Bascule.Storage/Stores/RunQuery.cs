using Bascule.Core.Runs;
using Dapper;

namespace Bascule.Storage.Stores;

/// <summary>A filter as SQL: only the fields that narrow become conditions, so that SQLite can choose the index for them.</summary>
internal sealed record RunQuery
{
    public string? ForgeUid { get; private init; }
    public long? RepositoryId { get; private init; }
    public long? PullRequest { get; private init; }
    public string? Commit { get; private init; }
    public string? Ref { get; private init; }
    public string? Workflow { get; private init; }
    public string? State { get; private init; }
    public string? Before { get; private init; }
    public int Limit { get; private init; }
    public string? Content { get; private init; }
    private bool WithoutPromotions { get; init; }
    private bool WithoutAskedPromotions { get; init; }

    private bool WithoutReproductions { get; init; }

    private IReadOnlyList<RunReach>? Within { get; init; }

    /// <param name="parameters">Made of this; what the reach needs is added.</param>
    public string Conditions(DynamicParameters parameters)
    {
        var reach = Within is null ? null : ReachSql.Runs(Within, parameters);
        // A run that may not be seen is no place in the list either: where it stands would tell that it exists.
        var before = reach is null ? "id = @Before" : $"id = @Before AND {reach}";
        (object? Value, string Sql)[] all =
        [
            (ForgeUid, "forge_uid = @ForgeUid AND repository_id = @RepositoryId"),
            (PullRequest, "pull_request = @PullRequest"),
            (Commit, "commit_id = @Commit"),
            (Ref, "ref = @Ref"),
            (Workflow, "workflow = @Workflow"),
            (State, "state = @State"),
            (WithoutReproductions ? "" : null, "reproduces IS NULL"),
            (Content, "content = @Content"),
            (WithoutPromotions ? "" : null, "promotes IS NULL"),
            (WithoutAskedPromotions ? "" : null, "(promotes IS NULL OR run_trigger LIKE 'ref:%')"),
            (Before, $"seq < (SELECT seq FROM run WHERE {before})"),
            (reach, reach ?? ""),
        ];
        var narrowing = all.Where(condition => condition.Value is not null).Select(condition => condition.Sql);
        var where = string.Join(" AND ", narrowing);
        return $"{(where.Length > 0 ? "WHERE " : "")}{where} ORDER BY seq DESC LIMIT @Limit";
    }

    public static RunQuery From(RunFilter filter) =>
        new()
        {
            ForgeUid = filter.Repository?.ForgeUid,
            RepositoryId = filter.Repository?.Id,
            PullRequest = filter.PullRequest,
            Commit = filter.Commit?.ToString(),
            Ref = filter.Ref?.ToString(),
            Workflow = filter.Workflow,
            State = filter.State?.ToString(),
            Before = filter.Before?.ToString(),
            Limit = filter.Limit,
            Within = filter.Within,
            WithoutReproductions = filter.WithoutReproductions,
            Content = filter.Content?.Hex,
            WithoutPromotions = filter.WithoutPromotions,
            WithoutAskedPromotions = filter.WithoutAskedPromotions,
        };
}
