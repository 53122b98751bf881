using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Core.Deployments;

/// <summary>One move of a deploy ref. The newest is where the ref points; the others are what may be gone back to.</summary>
/// <param name="Generation">From 1, without gaps: who moves the ref names the move that they know of.</param>
/// <param name="By">As the audit log names them.</param>
public sealed record Deployment(DeployPlace Place, long Generation, CommitId Commit, string By, DateTimeOffset At)
{
    /// <summary>The run that moved it; of a rollback the run that takes back what was changed, null where going back is the move alone.</summary>
    public RunId? Run { get; init; }

    /// <summary>Why somebody went back; null when a run moved it forward.</summary>
    public string? RolledBackBecause { get; init; }

    public bool IsRollback => RolledBackBecause is not null;
}

/// <summary>Moves the ref. Conflict when somebody else has moved it since: its generation is taken, or not the next one.</summary>
public sealed record MoveDeployRef(Deployment Deployment) : Change;

/// <summary>A commit that must not come back by itself: it was rolled back (THREATS T138).</summary>
/// <param name="By">As the audit log names them.</param>
public sealed record BlockedCommit(DeployPlace Place, CommitId Commit, string Because, string By, DateTimeOffset At);

/// <summary>Keeps a commit out of an environment; once blocked, the first reason stays.</summary>
public sealed record BlockCommit(BlockedCommit Blocked) : Change;
