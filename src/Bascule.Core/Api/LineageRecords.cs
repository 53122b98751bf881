using Bascule.Core.Lineage;

namespace Bascule.Core.Api;

/// <summary>Where something comes from and what became of it.</summary>
/// <param name="Asked">Ids of the nodes that were asked about.</param>
/// <param name="Nodes">Each once. Text that others wrote is cleaned.</param>
/// <param name="Omitted">What the limit left out.</param>
public sealed record TraceRecord(
    IReadOnlyList<string> Asked,
    IReadOnlyList<TraceNode> Nodes,
    IReadOnlyList<TraceEdge> Edges,
    IReadOnlyList<TraceOmission> Omitted
);

/// <summary>One thing in a lineage.</summary>
public sealed record TraceNode
{
    /// <summary>Unique in this answer, and the same in every answer.</summary>
    public required string Id { get; init; }
    public required LineageKind Kind { get; init; }

    /// <summary>What people call it: a product is a <c>model version</c>, for one.</summary>
    public required string Noun { get; init; }
    public required string Title { get; init; }
    public required string Detail { get; init; }

    /// <summary>Where Bascule knows it from.</summary>
    public required string KnownFrom { get; init; }
    public required LineageAssurance Assurance { get; init; }
    public DateTimeOffset? At { get; init; }

    /// <summary>What to trace to ask about this one; null for what cannot be asked for.</summary>
    public string? Question { get; init; }

    /// <summary>The id of the run that tells more.</summary>
    public string? Run { get; init; }

    /// <summary>Its page on the platform.</summary>
    public string? Page { get; init; }
}

/// <param name="From">The id of the earlier node.</param>
/// <param name="To">The id of the later node.</param>
/// <param name="Word">Read forward: the commit <c>ran as</c> the run.</param>
/// <param name="Back">Read backward: the run <c>ran</c> the commit.</param>
public sealed record TraceEdge(string From, string To, string Word, string Back);

/// <param name="What">E.g. <c>older runs of commit 9f3ac71b</c>.</param>
public sealed record TraceOmission(string What, long Count);
