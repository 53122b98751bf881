using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>What a log is held against.</summary>
/// <param name="Key">Of the log, known from elsewhere. Null: the log is held against itself only, which whoever keeps it can make come out.</param>
public sealed record LogExpectation(NoteKey? Key)
{
    /// <summary>Each must have cosigned the checkpoint.</summary>
    public IReadOnlyList<NoteKey> Witnesses { get; init; } = [];

    /// <summary>What was seen of the log before: it must begin with the same entries.</summary>
    public IReadOnlyList<EarlierCheckpoint> Earlier { get; init; } = [];
}

/// <param name="Name">Where it is from, for people.</param>
public sealed record EarlierCheckpoint(string Name, SignedNote Note);

/// <summary>What a log was found to be.</summary>
/// <param name="Checkpoint">Null where there is none that can be read.</param>
/// <param name="IsSigned">By the key that was asked for; false also where none was.</param>
/// <param name="Entries">How many were read.</param>
/// <param name="EntryBytes">How many bytes they have.</param>
/// <param name="Witnessed">Who cosigned, of those asked for, and when they say so.</param>
/// <param name="FindingCount">May be more than <paramref name="Findings"/> has.</param>
public sealed record LogVerdict(
    Checkpoint? Checkpoint,
    bool IsSigned,
    long Entries,
    long EntryBytes,
    IReadOnlyList<WitnessWord> Witnessed,
    IReadOnlyList<LogFinding> Findings,
    long FindingCount
)
{
    /// <summary>Nothing is wrong, and it was held against a key: both are needed for a yes.</summary>
    public bool IsVerified => FindingCount == 0 && IsSigned;
}

/// <summary>That a witness has cosigned, and when it says so.</summary>
public sealed record WitnessWord(string Name, DateTimeOffset At)
{
    /// <summary>Null where the key has not cosigned the note, or a line that claims to be its is not.</summary>
    public static WitnessWord? Of(SignedNote note, NoteKey witness)
    {
        if (witness.Type != NoteKeyType.Cosignature || !note.Opens(witness))
            return null;
        var times = note
            .Signatures.Where(line => SignedNote.IsBy(line, witness))
            .Select(line => Cosignature.TimeOf(line.Payload));
        return times.Max() is { } time && time <= LatestTime
            ? new WitnessWord(witness.Name, DateTimeOffset.FromUnixTimeSeconds((long)time))
            : null;
    }

    /// <summary>The last second of the year 9999.</summary>
    private const ulong LatestTime = 253_402_300_799;
}
