using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Approvals;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Signatures;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;

namespace Bascule.Server.Signatures;

/// <summary>
/// A person's own keys: what their linked accounts show, and which of them they have confirmed. Confirming takes the key as it is now, so that whatever the
/// forge shows later counts for nothing (THREATS T144).
/// </summary>
internal sealed class OwnKeys(
    IPeopleStore people,
    IConfirmedKeys keys,
    ForgeConnections forges,
    OpenPgpReader openPgp,
    IWorkStore store,
    AuditTrail audit,
    TimeProvider time
)
{
    private const int MaxTitle = 200;
    private const string See = "see: bascule account keys";

    public async Task<AccountKeyList> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        var confirmed = (await keys.ReadAsync(actor.Uid, cancellationToken)).ToList();
        var (records, unread) = (new List<AccountKeyRecord>(), new List<string>());
        foreach (var (forge, link, shown) in await ShownAsync(actor, cancellationToken))
        {
            if (shown.Failed(out var problem))
                unread.Add(problem.Message);
            foreach (var key in problem is null ? shown.Value : [])
            {
                var own = confirmed.Find(one =>
                    one.ForgeUid == link.ForgeUid && one.Key.Fingerprint == key.Fingerprint
                );
                confirmed.Remove(own!);
                records.Add(Record(forge, link, key, own));
            }
        }
        records.AddRange(confirmed.Select(Gone));
        return new AccountKeyList(records, unread);
    }

    /// <param name="armoured">The key itself, for one of OpenPGP.</param>
    public async Task<Result<AccountKeyList>> ConfirmAsync(
        Actor actor,
        string text,
        string? armoured,
        CancellationToken cancellationToken
    )
    {
        if (Fingerprints.Read(text) is not { } fingerprint)
            return Malformed(text);
        // Whoever has got hold of a session only must not become able to prove things (THREATS T109).
        if (actor.AuthenticatedAt is not { } at || time.GetUtcNow() - at > ApprovalPolicy.DefaultFresh)
            return Problem.Denied("confirming a key needs a fresh sign-in; sign in again: bascule login");
        var held = await FindAsync(actor, fingerprint, cancellationToken);
        if (held.Failed(out var unfound))
            return unfound;
        var read = await ReadAsync(held.Value[0].Key, armoured, cancellationToken);
        if (read.Failed(out var refused))
            return refused;
        List<Change> changes = [];
        foreach (var (link, key) in held.Value)
            changes.AddRange([
                audit.Record(Entry(AuditTypes.SigningKeyConfirmed, actor, link.ForgeUid, link.AccountId, read.Value)),
                new ConfirmKey(
                    new ConfirmedKey(read.Value, link.ForgeUid, link.AccountId, actor.Uid, time.GetUtcNow())
                ),
            ]);
        var stored = await store.ApplyAsync(changes, cancellationToken);
        return stored.Failed(out var problem) ? problem : await ListAsync(actor, cancellationToken);
    }

    public async Task<Result<AccountKeyList>> ForgetAsync(Actor actor, string text, CancellationToken cancellationToken)
    {
        if (Fingerprints.Read(text) is not { } fingerprint)
            return Malformed(text);
        var own = (await keys.ReadAsync(actor.Uid, cancellationToken)).Where(key => key.Key.Fingerprint == fingerprint);
        List<Change> changes =
        [
            .. own.SelectMany(key =>
                (Change[])
                    [
                        audit.Record(
                            Entry(AuditTypes.SigningKeyForgotten, actor, key.ForgeUid, key.AccountId, key.Key)
                        ),
                        new ForgetKey(key.ForgeUid, fingerprint, actor.Uid),
                    ]
            ),
        ];
        if (changes.Count == 0)
            return Problem.NotFound($"you have not confirmed key {fingerprint}; {See}");
        var stored = await store.ApplyAsync(changes, cancellationToken);
        return stored.Failed(out var problem) ? problem : await ListAsync(actor, cancellationToken);
    }

    /// <summary>Every account of theirs that shows the key; at least one.</summary>
    private async Task<Result<IReadOnlyList<(ForgeLink Link, AccountKey Key)>>> FindAsync(
        Actor actor,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        var shown = await ShownAsync(actor, cancellationToken);
        var found = new List<(ForgeLink, AccountKey)>();
        foreach (var (_, link, listed) in shown)
            if (listed.Problem is null && listed.Value.FirstOrDefault(key => key.Fingerprint == fingerprint) is { } key)
                found.Add((link, key));
        if (found.Count > 0)
            return Result.Of<IReadOnlyList<(ForgeLink, AccountKey)>>(found);
        if (shown.Count == 0)
            return Problem.Denied("no account at a forge is linked to you; link one first, at /account");
        return shown.Select(one => one.Listed.Problem).OfType<Problem>().FirstOrDefault()
            ?? Problem.NotFound(
                $"no account of yours holds key {fingerprint}; add it there as an SSH or GPG key first, then {See}"
            );
    }

    private async Task<Result<SigningKey>> ReadAsync(
        AccountKey key,
        string? armoured,
        CancellationToken cancellationToken
    )
    {
        if (key.Weakness is { } weakness)
            return Problem.Denied($"key {key.Fingerprint} proves nothing: {weakness}");
        if (key.Material is { } material)
            return new SigningKey(key.Kind, key.Fingerprint, material);
        if (string.IsNullOrWhiteSpace(armoured))
            return Problem.Invalid(
                $"a forge does not show enough of an OpenPGP key; export it ({OpenPgpReader.Export}) and name the file: bascule account confirm-key {key.Fingerprint} --key key.asc"
            );
        var read = await openPgp.ReadAsync(armoured, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        return read.Value.Fingerprint == key.Fingerprint
            ? read
            : Problem.Invalid($"the file holds key {read.Value.Fingerprint}, not {key.Fingerprint}");
    }

    private async Task<
        IReadOnlyList<(ConnectedForge Forge, ForgeLink Link, Result<IReadOnlyList<AccountKey>> Listed)>
    > ShownAsync(Actor actor, CancellationToken cancellationToken)
    {
        var shown = new List<(ConnectedForge, ForgeLink, Result<IReadOnlyList<AccountKey>>)>();
        foreach (var link in await people.ReadLinksAsync(actor.Uid, cancellationToken))
            if (forges.Find(link.ForgeUid) is { } forge)
                shown.Add((forge, link, await HeldKeys.ListAsync(forge, link, cancellationToken)));
        return shown;
    }

    private static AccountKeyRecord Record(ConnectedForge forge, ForgeLink link, AccountKey key, ConfirmedKey? own) =>
        new(forge.Name, PlainText.Line(link.Login, MaxTitle), Word(key.Kind), key.Fingerprint)
        {
            Title = PlainText.Line(key.Title, MaxTitle),
            ConfirmedAt = own?.At,
            Counts = own is not null && key.Weakness is null,
            Because = key.Weakness ?? (own is null ? "not confirmed" : null),
        };

    private AccountKeyRecord Gone(ConfirmedKey key) =>
        new(forges.Find(key.ForgeUid)?.Name ?? key.ForgeUid, "", Word(key.Key.Kind), key.Key.Fingerprint)
        {
            ConfirmedAt = key.At,
            Because = "the account does not show it now",
        };

    private static AuditEntry Entry(string type, Actor actor, string forge, long account, SigningKey key) =>
        new(type, actor.AuditName)
        {
            Facts = new JsonObject
            {
                ["forge"] = forge,
                ["account"] = account.ToString(CultureInfo.InvariantCulture),
                ["kind"] = Word(key.Kind),
                ["fingerprint"] = key.Fingerprint,
            },
        };

    private static string Word(SigningKeyKind kind) => kind == SigningKeyKind.Ssh ? "ssh" : "openpgp";

    private static Problem Malformed(string text) =>
        Problem.Invalid(
            $"'{PlainText.Line(text, 80)}' is no fingerprint; write SHA256:… as ssh-keygen -lf prints it, or the 40 letters of gpg --fingerprint"
        );
}
