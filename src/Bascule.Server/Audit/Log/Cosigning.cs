using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Core.Work;

namespace Bascule.Server.Audit.Log;

/// <summary>Takes what a witness brings: its cosignature under a checkpoint that this log has shown. Nobody but a configured witness can add a line.</summary>
internal sealed class Cosigning(ILogStore logs, IWorkStore store, AuditLogSettings settings, TimeProvider time)
    : IDisposable
{
    /// <summary>A witness's clock may be ahead of ours by this.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    private readonly IReadOnlyList<NoteKey> _witnesses = settings.OpenWitnesses();

    /// <summary>How many cosignatures were kept. Invalid, with the reason, when the note is no checkpoint of ours or no witness has signed it.</summary>
    public async Task<Result<int>> TakeAsync(int number, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (SignedNote.Parse(body.Span) is not { } note)
            return Problem.Invalid(
                "send a checkpoint of this log with the cosignature under it (c2sp.org/signed-note)"
            );
        var log = (await logs.ListAsync(cancellationToken)).FirstOrDefault(known => known.Number == number);
        if (log is null)
            return Problem.NotFound("there is no such log");
        using var keys = LogKeys.ToRead(log);
        var opened = Checkpoint.Open(note, keys.Key);
        if (opened.Failed(out var problem))
            return problem;
        if (opened.Value.Size > log.PublishedSize)
            return Problem.Invalid($"a checkpoint of {opened.Value.Size} entries was never shown");
        var own = OwnPart(note, keys.Key);
        List<KeepCosignature> kept =
        [
            .. note.Signatures.Select(line => Keep(log.Number, opened.Value, own, line)).OfType<KeepCosignature>(),
        ];
        if (kept.Count == 0)
            return Problem.Invalid(
                "no witness that is configured here has signed it: whoever runs this Bascule adds your verifier key under audit.witnesses"
            );
        var stored = await store.ApplyAsync(kept, cancellationToken);
        return stored.Failed(out problem) ? problem : kept.Count;
    }

    public void Dispose()
    {
        foreach (var witness in _witnesses)
            witness.Dispose();
    }

    private KeepCosignature? Keep(int log, Checkpoint checkpoint, string own, NoteSignature line)
    {
        var witness = _witnesses.FirstOrDefault(key =>
            key.Name == line.Name && key.Verifies(checkpoint.Text, line.Payload)
        );
        if (witness is null || Cosignature.TimeOf(line.Payload) is not { } seconds)
            return null;
        if (seconds > (ulong)(time.GetUtcNow() + Ahead).ToUnixTimeSeconds())
            return null;
        return new KeepCosignature(
            log,
            checkpoint.Size,
            own,
            witness.ToString(),
            line.Line.TrimEnd('\n'),
            DateTimeOffset.FromUnixTimeSeconds((long)seconds)
        );
    }

    /// <summary>The text and the log's own signatures: whatever else stands under it is somebody else's.</summary>
    private static string OwnPart(SignedNote note, NoteKey key)
    {
        var own = note.Signatures.Where(line => line.Name == key.Name && key.Verifies(note.Text, line.Payload));
        return (note with { Signatures = [.. own.Take(1)] }).ToString();
    }
}
