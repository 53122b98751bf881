using Bascule.Core.Forges;

namespace Bascule.Storage.Stores;

internal sealed record RepositoryRow
{
    public required string ForgeUid { get; init; }
    public long Id { get; init; }
    public required string Owner { get; init; }
    public required string Name { get; init; }
    public required string DefaultBranch { get; init; }
    public bool Private { get; init; }
    public bool Administered { get; init; }
    public long? UpdatedAt { get; init; }

    public ForgeRepository ToRepository() =>
        new()
        {
            Id = Id,
            Owner = Owner,
            Name = Name,
            DefaultBranch = DefaultBranch,
            Private = Private,
            CanAdminister = Administered,
            UpdatedAt = Times.Read(UpdatedAt),
        };
}

internal sealed record KnownRefRow
{
    public required string Ref { get; init; }
    public string? Tip { get; init; }
    public long Generation { get; init; }
    public long At { get; init; }

    public KnownRef ToRef() => new(RefName.Parse(Ref), Stored.Commit(Tip), Generation, Times.Read(At));
}

internal sealed record RefUpdateRow
{
    public required string ForgeUid { get; init; }
    public long RepositoryId { get; init; }
    public required string Ref { get; init; }
    public long Generation { get; init; }
    public string? BeforeTip { get; init; }
    public string? AfterTip { get; init; }
    public required string Move { get; init; }
    public long? ById { get; init; }
    public string? ByLogin { get; init; }
    public string? Delivery { get; init; }
    public long At { get; init; }
    public long? LateMs { get; init; }
    public string? LateSince { get; init; }

    public RefUpdate ToUpdate() =>
        new(
            new RepositoryKey(ForgeUid, RepositoryId),
            RefName.Parse(Ref),
            Generation,
            Stored.Commit(BeforeTip),
            Stored.Commit(AfterTip),
            Enum.Parse<RefMove>(Move),
            Stored.Account(ById, ByLogin),
            Delivery,
            Times.Read(At)
        )
        {
            Late = LateMs is { } late
                ? new Lateness(TimeSpan.FromMilliseconds(late), Enum.Parse<LateSince>(LateSince!))
                : null,
        };
}

internal sealed record PullRequestRow
{
    public required string ForgeUid { get; init; }
    public long RepositoryId { get; init; }
    public long Number { get; init; }
    public required string Title { get; init; }
    public required string Base { get; init; }
    public required string HeadBranch { get; init; }
    public bool FromFork { get; init; }
    public required string State { get; init; }
    public string? Head { get; init; }
    public string? MergeCommit { get; init; }
    public long? AuthorId { get; init; }
    public string? AuthorLogin { get; init; }
    public long UpdatedAt { get; init; }

    public PullRequest ToPullRequest() =>
        new()
        {
            Repository = new RepositoryKey(ForgeUid, RepositoryId),
            Number = Number,
            Title = Title,
            Base = RefName.Parse(Base),
            HeadBranch = HeadBranch,
            FromFork = FromFork,
            State = Enum.Parse<PullRequestState>(State),
            Head = Stored.Commit(Head),
            MergeCommit = Stored.Commit(MergeCommit),
            Author = Stored.Account(AuthorId, AuthorLogin),
            UpdatedAt = Times.Read(UpdatedAt),
        };
}
