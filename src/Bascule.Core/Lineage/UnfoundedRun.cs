using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Core.Lineage;

/// <summary>
/// A run on a platform whose tags claim a commit that no repository of its environment has: a mistake, a commit that was never pushed, or somebody who wants it to look
/// reviewed. It is told, and decides nothing (THREATS T134).
/// </summary>
/// <param name="Id">See <see cref="Platforms.ForeignRunId"/>.</param>
/// <param name="Tag">What named the commit: see <see cref="Platforms.CommitSource"/>.</param>
/// <param name="NotedAt">When it was last seen there.</param>
public sealed record UnfoundedRun(string Environment, string Id, CommitId Commit, string Tag, DateTimeOffset NotedAt);

/// <summary>Stores what was seen of it, instead of what was seen before. It is forgotten as observed runs are, and when it is observed after all.</summary>
public sealed record NoteUnfoundedRun(UnfoundedRun Run) : Change;
