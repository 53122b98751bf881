using Bascule.Core;
using Bascule.Core.Lineage;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class ObservedChanges
{
    public static Problem? Note(WriteSession session, ObservedRun run)
    {
        session.Execute("DELETE FROM observed_run WHERE environment = @Environment AND id = @Id", Key(run));
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

    public static Problem? Forget(WriteSession session, ForgetObservedRuns forget)
    {
        session.Execute(
            """
            DELETE FROM observed_run WHERE (environment, id) IN
              (SELECT environment, id FROM observed_run WHERE noted_at < @Before ORDER BY noted_at LIMIT @Limit)
            """,
            new { Before = forget.Before.ToUnixTimeMilliseconds(), forget.Limit }
        );
        return null;
    }

    private static object Key(ObservedRun run) => new { run.Environment, run.Id };
}
