using Bascule.Core;
using Bascule.Core.Lineage;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class ObservedChanges
{
    private static readonly string[] Tables = ["observed_run", "unfounded_run"];

    public static Problem? Note(WriteSession session, ObservedRun run)
    {
        Forget(session, run.Environment, run.Id);
        session.Execute(
            """
            INSERT INTO observed_run (environment, id, platform, forge_uid, repository_id, commit_id, tag, name, by_name, state, started_at, page, noted_at)
            VALUES (@Environment, @Id, @Platform, @ForgeUid, @RepositoryId, @Commit, @Tag, @Name, @By, @State, @StartedAt, @Page, @NotedAt)
            """,
            new
            {
                run.Environment,
                run.Id,
                run.Platform,
                run.Repository.ForgeUid,
                RepositoryId = run.Repository.Id,
                Commit = run.Commit.ToString(),
                run.Tag,
                run.Name,
                run.By,
                run.State,
                StartedAt = Times.ToStored(run.StartedAt),
                Page = run.Page?.OriginalString,
                NotedAt = run.NotedAt.ToUnixTimeMilliseconds(),
            }
        );
        session.Execute(
            "INSERT INTO observed_model (environment, run, name, version) VALUES (@Environment, @Run, @Name, @Version)",
            run.Models.DistinctBy(model => (model.Name, model.Version))
                .Select(model => new
                {
                    run.Environment,
                    Run = run.Id,
                    model.Name,
                    model.Version,
                })
        );
        return null;
    }

    public static Problem? Note(WriteSession session, UnfoundedRun run)
    {
        Forget(session, run.Environment, run.Id);
        session.Execute(
            """
            INSERT INTO unfounded_run (environment, id, commit_id, tag, noted_at)
            VALUES (@Environment, @Id, @Commit, @Tag, @NotedAt)
            """,
            new
            {
                run.Environment,
                run.Id,
                Commit = run.Commit.ToString(),
                run.Tag,
                NotedAt = run.NotedAt.ToUnixTimeMilliseconds(),
            }
        );
        return null;
    }

    public static Problem? Forget(WriteSession session, ForgetObservedRuns forget)
    {
        foreach (var table in Tables)
            session.Execute(
                $"""
                DELETE FROM {table} WHERE (environment, id) IN
                  (SELECT environment, id FROM {table} WHERE noted_at < @Before ORDER BY noted_at LIMIT @Limit)
                """,
                new { Before = forget.Before.ToUnixTimeMilliseconds(), forget.Limit }
            );
        return null;
    }

    /// <summary>A run is in one of them: what it claims is known, or is not.</summary>
    private static void Forget(WriteSession session, string environment, string id)
    {
        foreach (var table in Tables)
            session.Execute(
                $"DELETE FROM {table} WHERE environment = @Environment AND id = @Id",
                new { Environment = environment, Id = id }
            );
    }
}
