using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Pushes;

namespace Bascule.Storage.Stores;

/// <summary>A ref that a push moved, as its table has it.</summary>
internal sealed record PushedRow
{
    public required string Push { get; init; }
    public required string Ref { get; init; }
    public required string ForgeUid { get; init; }
    public long RepositoryId { get; init; }
    public required string Head { get; init; }
    public required string ActorType { get; init; }
    public required string ActorUid { get; init; }
    public required string TokenUid { get; init; }
    public long? AccountId { get; init; }
    public string? AccountLogin { get; init; }
    public long At { get; init; }

    public PushedRef ToPushed() =>
        new(
            new RepositoryKey(ForgeUid, RepositoryId),
            RefName.Parse(Ref),
            CommitId.Parse(Head),
            Enum.Parse<ActorType>(ActorType),
            ActorUid,
            TokenUid,
            Push,
            Times.Read(At)
        )
        {
            Account = AccountId is { } id ? new ForgeAccount(id, AccountLogin ?? "") : null,
        };
}
