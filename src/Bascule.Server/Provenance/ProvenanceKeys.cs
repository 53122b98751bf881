using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Keys;
using Bascule.Core.Work;
using Bascule.Server.Audit;

namespace Bascule.Server.Provenance;

/// <summary>
/// The keys that sign statements, one after the other: the next is published before it signs, and the former ones stay published with the time for which
/// they signed.
/// </summary>
internal sealed class ProvenanceKeys(
    IAttestationStore store,
    IWorkStore work,
    KeyPlaces places,
    ProvenanceOptions options,
    AuditTrail audit,
    TimeProvider time
) : IDisposable
{
    private readonly Dictionary<string, IProvenanceSigner> _open = [];
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>All that ever signed or will, oldest first; makes the first one.</summary>
    public async Task<Result<IReadOnlyList<ProvenanceKey>>> ListAsync(CancellationToken cancellationToken)
    {
        var keys = await store.ListKeysAsync(cancellationToken);
        if (keys.Count > 0)
            return Result.Of(keys);
        var added = await AddAsync(keys, TimeSpan.Zero, "bascule", cancellationToken);
        // Another replica may have been quicker.
        return added.Problem is { Code: not ProblemCode.Conflict } problem
            ? problem
            : Result.Of(await store.ListKeysAsync(cancellationToken));
    }

    /// <summary>The key whose turn it is.</summary>
    public async Task<Result<SigningTurn>> OpenAsync(CancellationToken cancellationToken)
    {
        var listed = await ListAsync(cancellationToken);
        if (listed.Failed(out var unlisted))
            return unlisted;
        // Looked at after the keys: the first one may just have been made, and signs from then on.
        var now = time.GetUtcNow();
        if (listed.Value.LastOrDefault(one => one.SignsAt(now)) is not { } key)
            return Problem.Unavailable(
                "no key for provenance signs yet; look at the clock, and at: bascule provenance key list"
            );
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_open.TryGetValue(key.Id, out var known))
                return new SigningTurn(known, now);
            var opened = await OpenAsync(key, cancellationToken);
            if (opened.Failed(out var unopened))
                return unopened;
            _open[key.Id] = opened.Value;
            return new SigningTurn(opened.Value, now);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Publishes the next key, which takes over after the overlap: whoever fetches the keys now can verify what it will sign.</summary>
    /// <param name="atOnce">Without the overlap, when the present key may be in somebody else's hands.</param>
    public async Task<Result<ProvenanceKey>> RotateAsync(bool atOnce, string actor, CancellationToken cancellationToken)
    {
        var keys = await ListAsync(cancellationToken);
        if (keys.Failed(out var unlisted))
            return unlisted;
        var newest = keys.Value[^1];
        if (!atOnce && newest.From > time.GetUtcNow())
            return Problem.Conflict(
                $"key {newest.Id[..12]} is published and takes over at {AuditEntry.TimeText(newest.From)}; to have a new one at once: bascule provenance key rotate --now"
            );
        return await AddAsync(keys.Value, atOnce ? TimeSpan.Zero : options.Overlap, actor, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var signer in _open.Values)
            (signer as IDisposable)?.Dispose();
        _gate.Dispose();
    }

    private async Task<Result<IProvenanceSigner>> OpenAsync(ProvenanceKey key, CancellationToken cancellationToken)
    {
        if (places.Find(key.Place) is not { } place)
            return Problem.Unavailable(
                $"provenance: key {key.Id[..12]} is at {key.Place}, which the settings do not name any more; name it again, or sign by another key: bascule provenance key rotate --now"
            );
        return await place.OpenAsync(key, cancellationToken);
    }

    private async Task<Result<ProvenanceKey>> AddAsync(
        IReadOnlyList<ProvenanceKey> before,
        TimeSpan overlap,
        string actor,
        CancellationToken cancellationToken
    )
    {
        var found = await places.Next.FindAsync(cancellationToken);
        if (found.Failed(out var unfound))
            return unfound;
        var (place, key, sealedKey) = found.Value;
        if (before.Any(known => known.Id == key.Id))
            return Problem.Conflict(
                $"{place} is the key that signs already; put a new one there first, then rotate (docs/operations/provenance.md)"
            );
        var now = time.GetUtcNow();
        var added = new ProvenanceKey(key.Id, place, key.Spki, sealedKey, now, now + overlap);
        var entry = new AuditEntry(AuditTypes.ProvenanceKeyAdded, actor)
        {
            Facts = new JsonObject
            {
                ["key"] = key.Id,
                ["place"] = place,
                ["from"] = AuditEntry.TimeText(added.From),
                ["after"] = before.Count == 0 ? null : before[^1].Id,
            },
        };
        var stored = await work.ApplyAsync(
            [audit.Record(entry), new AddProvenanceKey(added, before.Count == 0 ? null : before[^1].Id)],
            cancellationToken
        );
        return stored.Failed(out var problem) ? problem : added;
    }
}

/// <param name="At">A time at which it is the key's turn: what it signs has to say this one, or it would not verify.</param>
internal sealed record SigningTurn(IProvenanceSigner Signer, DateTimeOffset At);
