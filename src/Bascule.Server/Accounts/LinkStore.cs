using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Personal;

namespace Bascule.Server.Accounts;

/// <summary>Links an account that was proven, and ends links; each with its audit entry in one transaction.</summary>
internal sealed class LinkStore(
    ForgeConnections forges,
    IPeopleStore people,
    IWorkStore store,
    PersonalSeal personal,
    AuditTrail audit,
    TimeProvider time
)
{
    private const string Forge = "forge";

    /// <param name="digest">Of a proof that is used up by this; null when it was before.</param>
    public async Task<Result<ForgeLink>> LinkAsync(Proven proven, string? digest, CancellationToken cancellationToken)
    {
        var link = new ForgeLink(
            proven.Forge.Uid,
            proven.AccountId,
            proven.Login,
            proven.Person.Uid,
            Word(proven.Way),
            time.GetUtcNow()
        );
        var entry = await personal.AddAsync(
            Entry(AuditTypes.AccountLinked, link, proven.Person.AuditName),
            link.PersonUid,
            PersonFacts.Of(link),
            cancellationToken
        );
        if (entry.Failed(out var unsealed))
            return unsealed;
        List<Change> changes = [audit.Record(entry.Value)];
        if (digest is not null)
            changes.Add(new SpendLinkProof(digest));
        changes.Add(new SaveForgeLink(link));
        var stored = await store.ApplyAsync(changes, cancellationToken);
        return stored.Failed(out var problem) ? problem : link;
    }

    /// <param name="forge">Its name, or its uid when the settings have it no more.</param>
    /// <param name="account">Null for the only one.</param>
    /// <param name="by">Who asks, as the audit log names them.</param>
    public async Task<Result<ForgeLink>> UnlinkAsync(
        string person,
        string forge,
        long? account,
        string by,
        CancellationToken cancellationToken
    )
    {
        var uid = forges.FindByName(forge)?.Uid ?? forge;
        var links = (await people.ReadLinksAsync(person, cancellationToken))
            .Where(link => link.ForgeUid == uid && (account is null || link.AccountId == account))
            .ToList();
        if (links.Count == 0)
            return Problem.NotFound("There is no such link; `bascule account show` lists those there are.");
        if (links.Count > 1)
            return Problem.Invalid(
                $"There are several; say which by its number: {string.Join(", ", links.Select(link => link.AccountId))}"
            );
        var stored = await store.ApplyAsync(
            [
                audit.Record(Entry(AuditTypes.AccountUnlinked, links[0], by)),
                new RemoveForgeLink(links[0].ForgeUid, links[0].AccountId, person),
            ],
            cancellationToken
        );
        return stored.Failed(out var problem) ? problem : links[0];
    }

    /// <summary>The forge's number for the account; its name is in the personal part.</summary>
    private static AuditEntry Entry(string type, ForgeLink link, string by) =>
        new(type, by)
        {
            Facts = new JsonObject
            {
                ["person"] = link.PersonUid,
                [Forge] = link.ForgeUid,
                ["account"] = link.AccountId,
                ["proof"] = link.Proof,
            },
        };

    private static string Word(ProofWay way) => way == ProofWay.OAuth2 ? "oauth2" : "posted code";
}

/// <summary>An account that somebody has proven, just now.</summary>
internal sealed record Proven(Actor Person, ConnectedForge Forge, ProofWay Way, long AccountId, string Login);
