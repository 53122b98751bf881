using System.Globalization;

namespace Bascule.Core.Audit.Verifying;

/// <summary>What can be wrong with a log.</summary>
public enum LogFault
{
    /// <summary>It is no checkpoint, or not one that the key signed.</summary>
    Checkpoint,

    /// <summary>Entries are others than those that the checkpoint covers.</summary>
    Changed,
    Removed,
    Inserted,

    /// <summary>An entry stands where another one stood.</summary>
    Reordered,

    /// <summary>The log ends before its checkpoint says.</summary>
    Truncated,

    /// <summary>A tile is not there or cannot be read, and others after it are.</summary>
    Missing,

    /// <summary>A tile of entries cannot be taken apart.</summary>
    Malformed,

    /// <summary>An entry is not as docs/audit-entries.md has it.</summary>
    Form,

    /// <summary>A tile of hashes is not what the entries give.</summary>
    Tile,

    /// <summary>The entries together are not those of the checkpoint, and nothing tells which.</summary>
    Root,

    /// <summary>Two checkpoints do not agree on what they both cover.</summary>
    Forked,

    /// <summary>The log is shorter than it was.</summary>
    RolledBack,

    /// <summary>A witness that was asked for has not signed, or its signature is not good.</summary>
    Cosignature,
}

/// <param name="From">The first entry that it is about; null where it is about none in particular.</param>
/// <param name="To">The last one.</param>
/// <param name="Message">The whole in words; from the log's own bytes it quotes nothing.</param>
public sealed record LogFinding(LogFault Fault, long? From, long? To, string Message)
{
    public static LogFinding Of(LogFault fault, string message) => new(fault, null, null, message);

    public static LogFinding At(LogFault fault, long from, long to, string message) => new(fault, from, to, message);

    /// <summary><c>entry 3</c>, <c>entries 3 to 5</c>.</summary>
    public static string Entries(long from, long to) =>
        from == to
            ? string.Create(CultureInfo.InvariantCulture, $"entry {from}")
            : string.Create(CultureInfo.InvariantCulture, $"entries {from} to {to}");
}

/// <summary>Keeps the first findings and counts all: a log that was rewritten has as many as entries.</summary>
internal sealed class FindingList
{
    public const int Most = 1000;

    private readonly List<LogFinding> _findings = [];

    public long Count { get; private set; }

    public IReadOnlyList<LogFinding> First => _findings;

    public void Add(LogFinding finding)
    {
        Count++;
        if (_findings.Count < Most)
            _findings.Add(finding);
    }

    public void Add(IEnumerable<LogFinding> findings)
    {
        foreach (var finding in findings)
            Add(finding);
    }
}
