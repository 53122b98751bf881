namespace Bascule.Simulators.Forges;

public sealed partial class ForgeSimulator
{
    /// <param name="repository">Where it is to be merged.</param>
    /// <param name="user">Who opens it.</param>
    /// <param name="head">A branch, or owner:branch for a fork.</param>
    /// <param name="baseBranch">The branch it is for.</param>
    /// <param name="title">One line.</param>
    /// <param name="body">Text.</param>
    /// <param name="cancellationToken">Stops git.</param>
    public async Task<ForgePullRequest> OpenPullRequestAsync(
        ForgeRepository repository,
        string user,
        string head,
        string baseBranch,
        string title,
        string body = "",
        CancellationToken cancellationToken = default
    ) =>
        Snapshot(await _engine.OpenPullAsync(repository, User(user), head, baseBranch, title, body, cancellationToken));

    /// <returns>The merge commit's id.</returns>
    public Task<string> MergePullRequestAsync(
        ForgeRepository repository,
        long number,
        string user,
        CancellationToken cancellationToken = default
    ) => _engine.MergePullAsync(Pull(repository, number), User(user), cancellationToken);

    public void EditPullRequest(
        ForgeRepository repository,
        long number,
        string user,
        string? title,
        string? body = null
    ) => _engine.EditPull(Pull(repository, number), User(user), title, body);

    public void ClosePullRequest(ForgeRepository repository, long number, string user) =>
        _engine.SetPullState(Pull(repository, number), User(user), isClosed: true);

    public void ReopenPullRequest(ForgeRepository repository, long number, string user) =>
        _engine.SetPullState(Pull(repository, number), User(user), isClosed: false);

    public IReadOnlyList<ForgePullRequest> PullRequests(ForgeRepository repository)
    {
        lock (_engine.World.Gate)
        {
            return [.. repository.Issues.Where(i => i.Pull is not null).Select(Snapshot)];
        }
    }

    public ForgeIssue OpenIssue(ForgeRepository repository, string user, string title, string body = "") =>
        SnapshotIssue(_engine.CreateIssue(repository, User(user), title, body));

    public void EditIssue(
        ForgeRepository repository,
        long number,
        string user,
        string? title = null,
        string? body = null,
        string? state = null
    ) => _engine.EditIssue(Find(repository, number), User(user), title, body, state);

    public void AddLabels(ForgeRepository repository, long number, string user, params string[] names)
    {
        var labels = names
            .Select(n => repository.Labels.Find(l => l.Name == n) ?? _engine.AddLabel(repository, n, "00aabb"))
            .ToList();
        _engine.AddLabels(Find(repository, number), User(user), labels);
    }

    /// <summary>Issues without pull requests.</summary>
    public IReadOnlyList<ForgeIssue> Issues(ForgeRepository repository)
    {
        lock (_engine.World.Gate)
        {
            return [.. repository.Issues.Where(i => i.Pull is null).Select(SnapshotIssue)];
        }
    }

    public ForgeComment AddComment(ForgeRepository repository, long number, string user, string body) =>
        Snapshot(_engine.AddComment(Find(repository, number), User(user), body));

    public void EditComment(ForgeRepository repository, long commentId, string user, string body) =>
        _engine.EditComment(FindComment(repository, commentId), User(user), body);

    public void DeleteComment(ForgeRepository repository, long commentId, string user) =>
        _engine.DeleteComment(FindComment(repository, commentId), User(user));

    /// <summary>Comments of one issue or pull request, or of all.</summary>
    public IReadOnlyList<ForgeComment> Comments(ForgeRepository repository, long? number = null)
    {
        lock (_engine.World.Gate)
        {
            var issues = repository.Issues.Where(i => number is null || i.Number == number);
            return [.. issues.SelectMany(i => i.Comments).Select(Snapshot)];
        }
    }

    private Issue Find(ForgeRepository repository, long number)
    {
        lock (_engine.World.Gate)
        {
            return repository.FindIssue(number)
                ?? throw new ForgeRefusedException(404, $"{repository.FullName} has no issue or pull request {number}");
        }
    }

    private Issue Pull(ForgeRepository repository, long number) =>
        Find(repository, number) is { Pull: not null } pull
            ? pull
            : throw new ForgeRefusedException(404, $"{repository.FullName} #{number} is an issue, not a pull request");

    private Comment FindComment(ForgeRepository repository, long id) =>
        _engine.FindComment(repository, id)
        ?? throw new ForgeRefusedException(404, $"{repository.FullName} has no comment {id}");

    private static ForgePullRequest Snapshot(Issue issue)
    {
        var pull = issue.Pull!;
        return new ForgePullRequest(
            pull.Id,
            issue.Number,
            issue.Title,
            issue.Body,
            issue.Poster.Name,
            issue.State,
            pull.HeadRepository.FullName,
            pull.HeadBranch,
            pull.HeadSha,
            pull.BaseBranch,
            pull.IsMerged,
            pull.MergeCommit
        );
    }

    private static ForgeIssue SnapshotIssue(Issue issue) =>
        new(
            issue.Id,
            issue.Number,
            issue.Title,
            issue.Body,
            issue.Poster.Name,
            issue.State,
            [.. issue.Labels.Select(l => l.Name)]
        );

    private static ForgeComment Snapshot(Comment comment) =>
        new(comment.Id, comment.Issue.Number, comment.Author.Name, comment.Body, comment.Updated);
}
