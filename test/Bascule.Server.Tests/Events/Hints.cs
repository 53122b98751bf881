using Bascule.Core.Forges;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Events;

/// <summary>What hooks claim.</summary>
internal static class Hints
{
    public static RefHint Push(CommitId? after = null, string name = ServerWorld.Main) =>
        new(ServerWorld.Churn.Id, RefName.Parse(name), Before: null, after, ServerWorld.Ada);

    /// <summary>From a branch of the repository itself; as Gogs says it, without the head's commit.</summary>
    public static PullRequestHint Pull(PullRequestAction action, CommitId? head = null) =>
        new()
        {
            RepositoryId = ServerWorld.Churn.Id,
            Number = 1,
            Action = action,
            Title = "Try alpha 0.2",
            Base = RefName.Parse(ServerWorld.Main),
            HeadBranch = "alpha",
            HeadRepositoryId = ServerWorld.Churn.Id,
            Head = head,
            Author = ServerWorld.Ada,
            Sender = ServerWorld.Ada,
        };
}
