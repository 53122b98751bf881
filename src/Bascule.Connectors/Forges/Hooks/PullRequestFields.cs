using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.Hooks;

/// <summary>What both kinds of pull request payload say, under one set of names.</summary>
internal sealed record PullRequestFields
{
    public required string? Action { get; init; }
    public required long? RepositoryId { get; init; }
    public required long? OuterNumber { get; init; }
    public required long? Number { get; init; }
    public required string? Title { get; init; }
    public required string? Base { get; init; }
    public required long? BaseRepositoryId { get; init; }
    public required string? HeadBranch { get; init; }
    public required long? HeadRepositoryId { get; init; }
    public required bool Merged { get; init; }
    public CommitId? Head { get; init; }
    public CommitId? MergeCommit { get; init; }
    public required HookAccount? Author { get; init; }
    public required HookAccount? Sender { get; init; }

    public Result<ForgeEvent> ToEvent()
    {
        if (RepositoryId is not > 0)
            return HookFields.Missing("repository.id");
        if (string.IsNullOrEmpty(Action))
            return HookFields.Missing("action");
        if (Number is not > 0 || (OuterNumber is not null && OuterNumber != Number))
            return HookFields.Bad("number", "is missing, not positive, or given twice and different");
        if (Title is null)
            return HookFields.Missing("pull_request.title");
        if (BaseRepositoryId != RepositoryId)
            return HookFields.Bad("pull_request base repository", "is not the delivery's repository");
        if (!RefName.TryBranch(Base, out var target))
            return HookFields.Bad("pull_request base branch", "is missing or not a branch name that Bascule accepts");
        if (!RefName.TryBranch(HeadBranch, out _))
            return HookFields.Bad("pull_request head branch", "is missing or not a branch name that Bascule accepts");
        return Known() is { } action
            ? Hint(action, target)
            : new IgnoredEvent("of a pull request only its commits, text and state matter");
    }

    private PullRequestAction? Known() =>
        Action switch
        {
            "opened" => PullRequestAction.Opened,
            "synchronized" => PullRequestAction.Synchronized,
            "edited" => PullRequestAction.Edited,
            "reopened" => PullRequestAction.Reopened,
            "closed" => Merged ? PullRequestAction.Merged : PullRequestAction.Closed,
            _ => null,
        };

    private PullRequestHint Hint(PullRequestAction action, RefName target) =>
        new()
        {
            RepositoryId = RepositoryId!.Value,
            Number = Number!.Value,
            Action = action,
            Title = HookFields.Title(Title!),
            Base = target,
            HeadBranch = HeadBranch!,
            HeadRepositoryId = HeadRepositoryId,
            Head = Head,
            MergeCommit = action == PullRequestAction.Merged ? MergeCommit : null,
            Author = HookFields.Account(Author),
            Sender = HookFields.Account(Sender),
        };
}
