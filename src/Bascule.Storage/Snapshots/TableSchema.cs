namespace Bascule.Storage.Snapshots;

/// <summary>A table as the database itself describes it.</summary>
/// <param name="Key">Columns of the primary key, by which rows are sorted.</param>
/// <param name="References">Tables whose rows must be there first.</param>
internal sealed record TableSchema(
    string Name,
    IReadOnlyList<ColumnSchema> Columns,
    IReadOnlyList<string> Key,
    IReadOnlyCollection<string> References
)
{
    /// <summary>
    /// Not part of an installation: how far its schema has come, which replica works on what just now, who is signed in, what they are
    /// proving, and which tokens for git are good. A copy that
    /// is put back must not let in whoever has been signed out since, nor take a proof twice (THREATS T45).
    /// </summary>
    public static readonly IReadOnlySet<string> Apart = new HashSet<string>
    {
        "schema_version",
        "shard",
        "replica",
        "session",
        "git_pass",
        "link_proof",
    };

    public string Quoted => Quote(Name);

    public IEnumerable<string> ColumnNames => Columns.Select(column => column.Name);

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(Quote));

    /// <summary>Those that others refer to first, otherwise by name: the same order whatever the database.</summary>
    public static IReadOnlyList<TableSchema> Sort(IEnumerable<TableSchema> tables)
    {
        var waiting = tables.OrderBy(table => table.Name, StringComparer.Ordinal).ToList();
        var sorted = new List<TableSchema>();
        while (waiting.Count > 0)
        {
            var next = waiting.First(table =>
                table.References.All(name => name == table.Name || !waiting.Exists(other => other.Name == name))
            );
            waiting.Remove(next);
            sorted.Add(next);
        }
        return sorted;
    }
}

internal sealed record ColumnSchema(string Name, ColumnKind Kind);

internal enum ColumnKind
{
    Integer,
    Boolean,
    Real,
    Text,
    Blob,
}
