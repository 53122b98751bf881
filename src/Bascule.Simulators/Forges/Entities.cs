namespace Bascule.Simulators.Forges;

/// <summary>An issue; a pull request is an issue with <see cref="Pull"/>.</summary>
internal sealed class Issue(long id, long number, ForgeRepository repository, ForgeUser poster, DateTimeOffset now)
{
    public long Id { get; } = id;
    public long Number { get; } = number;
    public ForgeRepository Repository { get; } = repository;
    public ForgeUser Poster { get; } = poster;
    public required string Title { get; set; }
    public string Body { get; set; } = "";
    public bool IsClosed { get; set; }
    public DateTimeOffset Created { get; } = now;
    public DateTimeOffset Updated { get; set; } = now;
    public DateTimeOffset? ClosedAt { get; set; }
    public PullDetails? Pull { get; init; }
    public List<Comment> Comments { get; } = [];
    public List<Label> Labels { get; } = [];
    public ForgeUser? Assignee { get; set; }
    public string State => IsClosed ? "closed" : "open";
}

internal sealed class PullDetails(long id, ForgeRepository headRepository, string headBranch, string baseBranch)
{
    public long Id { get; } = id;
    public ForgeRepository HeadRepository { get; } = headRepository;
    public string HeadBranch { get; } = headBranch;
    public string BaseBranch { get; } = baseBranch;
    public string HeadSha { get; set; } = "";
    public string BaseSha { get; set; } = "";
    public string MergeBase { get; set; } = "";
    public bool IsMergeable { get; set; } = true;
    public bool IsMerged { get; set; }
    public DateTimeOffset? MergedAt { get; set; }
    public ForgeUser? MergedBy { get; set; }
    public string? MergeCommit { get; set; }
}

internal sealed class Comment(long id, Issue issue, ForgeUser author, string body, DateTimeOffset now)
{
    public long Id { get; } = id;
    public Issue Issue { get; } = issue;
    public ForgeUser Author { get; } = author;
    public string Body { get; set; } = body;
    public DateTimeOffset Created { get; } = now;
    public DateTimeOffset Updated { get; set; } = now;
}

internal sealed record Label(long Id, string Name, string Color);

internal sealed class Hook(long id, ForgeRepository repository, DateTimeOffset now)
{
    public long Id { get; } = id;
    public ForgeRepository Repository { get; } = repository;
    public string Url { get; set; } = "";
    public string ContentType { get; set; } = "json";
    public string Secret { get; init; } = "";
    public IReadOnlyList<string> Events { get; set; } = [];
    public bool IsActive { get; set; }
    public DateTimeOffset Created { get; } = now;
    public DateTimeOffset Updated { get; set; } = now;
}
