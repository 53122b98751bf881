using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Work;

namespace Bascule.Core.Pushes;

/// <summary>That somebody's push through Bascule moved a ref: what makes its content proven (ARCHITECTURE 6). Only refs that the forge has moved are kept.</summary>
/// <param name="Head">The commit that the ref led to.</param>
/// <param name="ActorUid">A pseudonym: <c>p-…</c> for a person.</param>
/// <param name="Token">What the audit log calls the token.</param>
/// <param name="Push">What the push's audit entries share.</param>
public sealed record PushedRef(
    RepositoryKey Repository,
    RefName Ref,
    CommitId Head,
    ActorType ActorType,
    string ActorUid,
    string Token,
    string Push,
    DateTimeOffset At
)
{
    /// <summary>The account at the forge whose permission the push went by; null for a workload, and where the forge tells of none.</summary>
    public ForgeAccount? Account { get; init; }
}

/// <summary>Pushes that went through Bascule.</summary>
public interface IPushStore
{
    /// <summary>Every push that made a ref lead to this commit, oldest first.</summary>
    Task<IReadOnlyList<PushedRef>> ListAsync(
        RepositoryKey repository,
        CommitId head,
        CancellationToken cancellationToken
    );
}

public sealed record AddPushedRef(PushedRef Pushed) : Change;
