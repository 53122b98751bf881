using Bascule.Core.Runs;

namespace Bascule.Core.Lineage;

/// <summary>One thing in a lineage. Text that others wrote is as they wrote it: whoever shows it cleans it.</summary>
/// <param name="Id">Unique in its graph, and the same whenever the same thing is shown: <c>run:…</c>, <c>commit:…</c>.</param>
public sealed record LineageNode(string Id, LineageKind Kind)
{
    /// <summary>What people call such a thing: <c>model version</c>.</summary>
    public required string Noun { get; init; }

    public required string Title { get; init; }

    /// <summary>A few more words; empty for none.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Where Bascule knows it from, in words.</summary>
    public required string KnownFrom { get; init; }

    public required LineageAssurance Assurance { get; init; }

    /// <summary>When it happened; null when nobody knows.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What to trace to ask about this one; null for what cannot be asked for.</summary>
    public string? Question { get; init; }

    /// <summary>The run whose page tells more.</summary>
    public RunId? Run { get; init; }

    /// <summary>Its page on the platform.</summary>
    public Uri? Page { get; init; }
}

/// <summary>How two things hang together, from the earlier to the later one.</summary>
/// <param name="Word">Read forward: the commit <c>ran as</c> the run.</param>
/// <param name="Back">Read backward: the run <c>ran</c> the commit.</param>
public sealed record LineageEdge(string From, string To, string Word, string Back);

/// <summary>What a bounded answer left out.</summary>
/// <param name="What">E.g. <c>older runs of commit 9f3ac71b</c>.</param>
public sealed record LineageOmission(string What, long Count);
