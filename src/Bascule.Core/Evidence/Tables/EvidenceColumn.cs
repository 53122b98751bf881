namespace Bascule.Core.Evidence.Tables;

/// <summary>One column of a table: what it is called, and where an entry has it.</summary>
/// <param name="Part">The member of the entry: <c>links</c>, <c>decision</c> or <c>facts</c>.</param>
/// <param name="IsTime">It is milliseconds since 1970 in the entry, and a time in the table.</param>
public sealed record EvidenceColumn(string Name, string Part, string Field, bool IsTime = false)
{
    /// <summary>The three that say what was decided.</summary>
    public static IReadOnlyList<EvidenceColumn> Decision { get; } =
    [new("allowed", "decision", "allow"), new("rule", "decision", "rule"), new("reason", "decision", "reason")];

    public static IEnumerable<EvidenceColumn> Links(params ReadOnlySpan<string> names) =>
        names.ToArray().Select(name => new EvidenceColumn(name, "links", name));

    public static IEnumerable<EvidenceColumn> Facts(params ReadOnlySpan<string> names) =>
        names.ToArray().Select(name => new EvidenceColumn(name, "facts", name));

    public static IEnumerable<EvidenceColumn> Times(params ReadOnlySpan<string> names) =>
        names.ToArray().Select(name => new EvidenceColumn(name, "facts", name, IsTime: true));
}
