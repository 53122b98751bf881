using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.Connections;
using Bascule.Server.Console;

namespace Bascule.Server.Accounts;

/// <summary>Who somebody is here, and what they have proven.</summary>
internal sealed class AccountReader(
    IPeopleStore people,
    ForgeConnections forges,
    ILinkProofs proofs,
    RoleRules roles,
    TimeProvider time
)
{
    public async Task<AccountView> ReadAsync(Actor actor, CancellationToken cancellationToken)
    {
        var links = await people.ReadLinksAsync(actor.Uid, cancellationToken);
        List<LinkableForge> linkable = [];
        foreach (var forge in forges.All)
            linkable.Add(
                new LinkableForge(
                    forge.Name,
                    forge.Forge.Url,
                    ForgeProofs.Of(forge) is not null,
                    await FindCodeAsync(actor, forge, cancellationToken)
                )
            );
        return new AccountView(actor, roles.Of(actor), [.. links.Select(Named)], linkable);
    }

    public async Task<AccountRecord> RecordAsync(Actor actor, CancellationToken cancellationToken)
    {
        var view = await ReadAsync(actor, cancellationToken);
        return new AccountRecord
        {
            Uid = actor.Uid,
            Name = Show.Line(actor.Name),
            Roles = [.. view.Roles.Select(held => held.Rule.ToString())],
            Accounts = [.. view.Accounts.Select(Record)],
            Forges = [.. view.Forges.Select(forge => new LinkableForgeRecord(forge.Name, forge.Url, forge.ByOAuth))],
        };
    }

    public LinkedAccountRecord Record(ForgeLink link) => Record(Named(link));

    private LinkedAccount Named(ForgeLink link) => new(link, forges.Find(link.ForgeUid)?.Name ?? link.ForgeUid);

    private static LinkedAccountRecord Record(LinkedAccount linked) =>
        new()
        {
            Forge = linked.Forge,
            Account = linked.Link.AccountId,
            Login = Show.Line(linked.Link.Login),
            Proof = linked.Link.Proof,
            At = linked.Link.At,
        };

    private async Task<DateTimeOffset?> FindCodeAsync(
        Actor actor,
        ConnectedForge forge,
        CancellationToken cancellationToken
    )
    {
        var proof = await proofs.FindAsync(actor.Uid, forge.Uid, ProofWay.PostedCode, cancellationToken);
        return proof is null || proof.ExpiresAt <= time.GetUtcNow() ? null : proof.ExpiresAt;
    }
}
