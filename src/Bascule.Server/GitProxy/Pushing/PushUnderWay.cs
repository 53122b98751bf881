using Bascule.Core.Exchange;
using Bascule.Core.Forges;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>One push and all that belongs to it until it is answered.</summary>
/// <param name="Id">What its audit entries share.</param>
internal sealed record PushUnderWay(
    string Id,
    GitPass Pass,
    ProxiedRepository Repository,
    PushRequest Request,
    Quarantine Quarantine
)
{
    /// <summary>The account at the forge by whose permission it goes; null for a workload.</summary>
    public ForgeAccount? Account { get; init; }

    /// <summary>The commits that the refs will lead to, by name of the ref.</summary>
    public IReadOnlyDictionary<string, CommitId> Heads { get; init; } = new Dictionary<string, CommitId>();

    /// <summary>What whoever pushes asks for beside.</summary>
    public PushWish Wish { get; init; } = new(Waits: false, AtMost: null, HasOthers: false);

    public PushEntries Entries => new(Id, Pass, Request.Commands);
}
