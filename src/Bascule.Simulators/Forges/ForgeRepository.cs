using Bascule.Simulators.Forges.Git;

namespace Bascule.Simulators.Forges;

/// <summary>A repository of the simulated forge; a real bare repository lies behind it.</summary>
public sealed class ForgeRepository
{
    internal ForgeRepository(long id, ForgeUser owner, string name, BareRepository git, DateTimeOffset created)
    {
        Id = id;
        Owner = owner;
        Name = name;
        Git = git;
        Created = created;
        Updated = created;
    }

    public long Id { get; }

    public ForgeUser Owner { get; }

    public string Name { get; internal set; }

    public string FullName => $"{Owner.Name}/{Name}";

    public bool IsPrivate { get; internal set; }

    public string DefaultBranch { get; internal set; } = "main";

    public ForgeRepository? Parent { get; internal init; }

    /// <summary>The bare repository on disk.</summary>
    public string GitDirectory => Git.Directory;

    /// <summary>https address without credentials.</summary>
    public string CloneUrl => $"{BaseUrl}/{FullName}.git";

    internal string BaseUrl { get; init; } = "";

    internal string Description { get; init; } = "";

    internal bool IsEmpty { get; set; } = true;

    internal DateTimeOffset Created { get; }

    internal DateTimeOffset Updated { get; set; }

    internal BareRepository Git { get; }

    internal Dictionary<long, ForgeAccess> Collaborators { get; } = [];

    /// <summary>By branch.</summary>
    internal Dictionary<string, BranchRule> Rules { get; } = new(StringComparer.Ordinal);

    internal List<Issue> Issues { get; } = [];

    internal List<Hook> Hooks { get; } = [];

    internal List<Label> Labels { get; } = [];

    internal List<ForgeCommitStatus> Statuses { get; } = [];

    internal long LastNumber { get; set; }

    /// <summary>One push, merge or commit at a time.</summary>
    internal SemaphoreSlim Writing { get; } = new(1, 1);

    internal Issue? FindIssue(long number) => Issues.Find(i => i.Number == number);
}
