using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Provenance;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Runs.Reproducing;

namespace Bascule.Server.Console;

/// <summary>What surrounds every page.</summary>
/// <param name="Base">Where the console starts: the path base with a slash.</param>
/// <param name="Address">The page's own path and query, relative to <paramref name="Base"/>.</param>
/// <param name="Held">Why this installation acts on nothing; null when it acts.</param>
/// <param name="Visitor">Who looks; null for nobody in particular.</param>
public sealed record Shell(
    string Base,
    string Address,
    Theme Theme,
    ConsoleAssets Assets,
    string? Held = null,
    Visitor? Visitor = null
)
{
    /// <summary>What every form sends along that changes something: see <see cref="FormSeal"/>. Null for whoever has no session in a browser.</summary>
    public string? Seal { get; init; }

    /// <summary>A link inside the page; the base would lead it elsewhere.</summary>
    public string Anchor(string id) => $"{Address}#{id}";
}

/// <summary>A page of runs.</summary>
/// <param name="Query">What it was narrowed by.</param>
/// <param name="Next">The next page's <c>before</c>; null on the last.</param>
public sealed record RunsView(
    RunQuery Query,
    IReadOnlyList<RunRow> Rows,
    IReadOnlyList<KnownRepository> Repositories,
    string? Next,
    DateTimeOffset Now
)
{
    public bool IsNarrowed => Query != new RunQuery();
}

public sealed record RunRow(Run Run, IReadOnlyList<ModelVersion> Models);

public sealed record KnownRepository(RepositoryKey Key, string Name);

/// <summary>One run with everything that belongs to it.</summary>
public sealed record RunView(
    Run Run,
    IReadOnlyList<TimelineEntry> Timeline,
    RunComparison Comparison,
    IReadOnlyList<ModelVersion> Models,
    string? Log,
    DateTimeOffset Now
)
{
    /// <summary>What whoever looks may do to it; null for somebody who only looks.</summary>
    public RunActs? Acts { get; init; }

    /// <summary>What a reproduction of it would leave open; null when it cannot be reproduced.</summary>
    public Reproducible? Reproducible { get; init; }

    /// <summary>Null for a run that asks for no approval.</summary>
    public ApprovalView? Approval { get; init; }

    /// <summary>What was signed of it.</summary>
    public IReadOnlyList<Attestation> Statements { get; init; } = [];
}

/// <summary>What came in, and what work was set aside.</summary>
public sealed record DeliveriesView(
    IReadOnlyList<(Delivery Delivery, string Repository)> Deliveries,
    IReadOnlyList<QuarantinedItem> SetAside
);
