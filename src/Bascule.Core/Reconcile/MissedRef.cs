using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Core.Reconcile;

/// <summary>A ref that a comparison found moved and that is yet to be looked at.</summary>
/// <param name="Since">When it moved, as far as is known.</param>
public sealed record MissedRef(
    RepositoryKey Repository,
    RefName Ref,
    DateTimeOffset Since,
    LateSince Kind,
    DateTimeOffset FoundAt
);

/// <summary>Stored once: what was found first stays until the ref has been looked at.</summary>
public sealed record AddMissedRef(MissedRef Missed) : Change;

public sealed record RemoveMissedRef(RepositoryKey Repository, RefName Ref) : Change;
