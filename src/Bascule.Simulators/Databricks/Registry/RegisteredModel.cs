namespace Bascule.Simulators.Databricks.Registry;

/// <summary>A model of either registry, with its versions. Numbers are never given twice.</summary>
internal sealed class RegisteredModel(string name, string userName, long createdAt)
{
    public string Name => name;
    public string UserName => userName;
    public long CreatedAt { get; } = createdAt;
    public long UpdatedAt { get; set; } = createdAt;
    public string? Description { get; set; }
    public Dictionary<string, string> Tags { get; } = [];
    public Dictionary<string, int> Aliases { get; } = [];
    public SortedDictionary<int, ModelVersion> Versions { get; } = [];
    public int LastVersion { get; set; }

    public IEnumerable<string> AliasesOf(int version) => Aliases.Where(a => a.Value == version).Select(a => a.Key);
}

internal sealed class ModelVersion(RegisteredModel model, int number, string userName, long createdAt)
{
    public RegisteredModel Model => model;
    public int Number => number;
    public string UserName => userName;
    public long CreatedAt { get; } = createdAt;
    public long UpdatedAt { get; set; } = createdAt;
    public required string Source { get; init; }
    public string? RunId { get; init; }
    public string? RunLink { get; init; }
    public string? Description { get; set; }
    public string Status { get; set; } = "PENDING_REGISTRATION";
    public string Stage { get; set; } = "None";
    public Dictionary<string, string> Tags { get; } = [];
}
