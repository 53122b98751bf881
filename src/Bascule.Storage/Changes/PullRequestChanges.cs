using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class PullRequestChanges
{
    public static Problem? Save(WriteSession session, PullRequest pull)
    {
        session.Execute(
            """
            INSERT INTO pull_request (forge_uid, repository_id, number, title, base, head_branch, from_fork, state, head, merge_commit,
                                      author_id, author_login, updated_at)
            VALUES (@ForgeUid, @RepositoryId, @Number, @Title, @Base, @HeadBranch, @FromFork, @State, @Head, @MergeCommit,
                    @AuthorId, @AuthorLogin, @UpdatedAt)
            ON CONFLICT (forge_uid, repository_id, number) DO UPDATE SET
              title = excluded.title, base = excluded.base, head_branch = excluded.head_branch, from_fork = excluded.from_fork,
              state = excluded.state, head = excluded.head, merge_commit = excluded.merge_commit,
              author_id = excluded.author_id, author_login = excluded.author_login, updated_at = excluded.updated_at
            """,
            new
            {
                pull.Repository.ForgeUid,
                RepositoryId = pull.Repository.Id,
                pull.Number,
                pull.Title,
                Base = pull.Base.ToString(),
                pull.HeadBranch,
                pull.FromFork,
                State = pull.State.ToString(),
                Head = pull.Head?.ToString(),
                MergeCommit = pull.MergeCommit?.ToString(),
                AuthorId = pull.Author?.Id,
                AuthorLogin = pull.Author?.Login,
                UpdatedAt = pull.UpdatedAt.ToUnixTimeMilliseconds(),
            }
        );
        return null;
    }
}
