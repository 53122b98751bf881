using System.Globalization;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Core.Evidence;

/// <summary>A log that was checked from its first entry to its last: nothing else gets into a pack.</summary>
public sealed class EvidenceLog
{
    private EvidenceLog(
        ILogSource source,
        SignedNote note,
        Checkpoint checkpoint,
        NoteKey key,
        IReadOnlyList<WitnessWord> witnessed
    )
    {
        Witnessed = witnessed;
        (Source, Note, Checkpoint, Key) = (source, note, checkpoint, key);
        Number = NumberOf(checkpoint.Origin);
    }

    /// <summary>1 for the first log of an installation; a restore begins the next.</summary>
    public int Number { get; }

    public SignedNote Note { get; }

    public Checkpoint Checkpoint { get; }

    /// <summary>By which it was checked.</summary>
    public NoteKey Key { get; }

    /// <summary>Who cosigned the checkpoint, of those asked for.</summary>
    public IReadOnlyList<WitnessWord> Witnessed { get; }

    internal ILogSource Source { get; }

    /// <summary>In a pack.</summary>
    internal string Folder => string.Create(CultureInfo.InvariantCulture, $"log/{Number}/");

    /// <summary>Null in <see cref="Examined.Log"/> where the verdict is no yes.</summary>
    public static async Task<Result<Examined>> ExamineAsync(
        ILogSource source,
        LogExpectation expected,
        CancellationToken cancellationToken
    )
    {
        var read = await source.ReadCheckpointAsync(cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        var held = new OtherCheckpoint(source, read.Value);
        var verified = await LogVerifier.VerifyAsync(held, expected, cancellationToken);
        if (verified.Failed(out problem))
            return problem;
        var note = SignedNote.Parse(read.Value.Span);
        return verified.Value is { IsVerified: true, Checkpoint: { } checkpoint }
            ? new Examined(
                verified.Value,
                new EvidenceLog(source, note!, checkpoint, expected.Key!, verified.Value.Witnessed)
            )
            : new Examined(verified.Value, null);
    }

    /// <summary>Goes through all entries. Conflict where they are not those that were checked, so that what was taken of them is to be thrown away.</summary>
    internal async Task<Result<Done>> ReadAsync(
        Action<long, ReadOnlyMemory<byte>> take,
        CancellationToken cancellationToken
    )
    {
        var tree = new TreeEdge();
        foreach (var name in TileName.Of(TileName.Entries, Checkpoint.Size))
        {
            var read = await Source.ReadAsync(name, cancellationToken);
            if (read.Failed(out var problem))
                return problem;
            if (EntryBundle.Read(read.Value, name.Width) is not { } entries)
                return Changed();
            foreach (var entry in entries)
                tree.Add(TreeHash.OfLeaf(entry.Span));
            for (var at = 0; at < entries.Count; at++)
                take((name.Index * TileName.FullWidth) + at, entries[at]);
        }
        return tree.Root == Checkpoint.Root ? Result.Done : Changed();
    }

    private Problem Changed() =>
        Problem.Conflict(
            $"{Source.Name} changed while it was read; nothing was written. Try again, and look at: bascule audit verify"
        );

    /// <summary>Of the log of that origin: <c>bascule.example.com/audit/2</c> is the second.</summary>
    public static int NumberOf(string origin) =>
        int.TryParse(
            origin[(origin.LastIndexOf('/') + 1)..],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
        && number > 1
            ? number
            : 1;
}

/// <summary>What came of checking a log.</summary>
public sealed record Examined(LogVerdict Verdict, EvidenceLog? Log);
