using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Core.Promotions;

/// <summary>One move of an alias that the platform has confirmed. The newest is where Bascule left it; the others are what may be gone back to.</summary>
/// <param name="Generation">From 1, without gaps: who moves the alias names the move that they know of.</param>
/// <param name="Version">Where it leads; null once it was taken away.</param>
/// <param name="Run">The run that moved it.</param>
/// <param name="By">Who asked, as the audit log names them.</param>
public sealed record Promotion(
    PromotionPlace Place,
    long Generation,
    string? Version,
    RunId Run,
    string By,
    DateTimeOffset At
)
{
    /// <summary>Of the run that produced the version.</summary>
    public required RepositoryKey Repository { get; init; }

    /// <summary>Of the run that produced the version, or of the merge that brought the same content.</summary>
    public required CommitId Commit { get; init; }

    /// <summary>The run that produced the version; null once the alias was taken away.</summary>
    public RunId? Producer { get; init; }

    /// <summary>Where the platform had it before the move, whoever put it there; null when there was none.</summary>
    public string? Replaced { get; init; }

    /// <summary>Why somebody went back; null when a version was promoted.</summary>
    public string? RolledBackBecause { get; init; }

    public bool IsRollback => RolledBackBecause is not null;
}

/// <summary>Keeps a move. Conflict when its generation is taken, or not the next one.</summary>
public sealed record RecordPromotion(Promotion Promotion) : Change;
