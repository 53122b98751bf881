using System.Globalization;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>
/// Checks a whole log in one pass and bounded memory: signature, every entry and its form, every tile, what was seen of the log before, and who cosigned. It
/// goes on after a fault, so that all are told.
/// </summary>
public static class LogVerifier
{
    /// <summary>NotFound where there is no checkpoint; Unavailable or Denied where the log cannot be read to its end now. What is wrong with it is in the verdict.</summary>
    public static async Task<Result<LogVerdict>> VerifyAsync(
        ILogSource source,
        LogExpectation expected,
        CancellationToken cancellationToken
    )
    {
        var read = await source.ReadCheckpointAsync(cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        if (SignedNote.Parse(read.Value.Span) is not { } note || Checkpoint.Parse(note) is not { } checkpoint)
            return Unreadable();
        var findings = new FindingList();
        var isSigned = expected.Key is { } key && IsSigned(note, key, findings);
        var witnessed = Witnessed(note, expected.Witnesses, findings);
        var walk = new LogWalk(source, checkpoint, findings);
        var sizes = expected.Earlier.Select(one => Checkpoint.Parse(one.Note)?.Size ?? 0).ToHashSet();
        if (await walk.RunAsync(sizes, cancellationToken) is { } stopped)
            return stopped;
        foreach (var earlier in expected.Earlier)
            if (Compare(earlier, checkpoint, expected.Key, walk) is { } finding)
                findings.Add(finding);
        return new LogVerdict(
            checkpoint,
            isSigned,
            walk.Entries,
            walk.EntryBytes,
            witnessed,
            findings.First,
            findings.Count
        );
    }

    private static LogVerdict Unreadable() =>
        new(
            null,
            IsSigned: false,
            0,
            0,
            [],
            [
                LogFinding.Of(
                    LogFault.Checkpoint,
                    "the checkpoint is none: a note with origin, size, root and a signature"
                ),
            ],
            1
        );

    private static bool IsSigned(SignedNote note, NoteKey key, FindingList findings)
    {
        if (!Checkpoint.Open(note, key).Failed(out var problem))
            return true;
        findings.Add(LogFinding.Of(LogFault.Checkpoint, problem.Message));
        return false;
    }

    private static List<WitnessWord> Witnessed(SignedNote note, IReadOnlyList<NoteKey> witnesses, FindingList findings)
    {
        var words = new List<WitnessWord>();
        foreach (var witness in witnesses)
            if (WitnessWord.Of(note, witness) is { } word)
                words.Add(word);
            else
                findings.Add(
                    LogFinding.Of(
                        LogFault.Cosignature,
                        $"the witness '{witness.Name}' has not cosigned this checkpoint, or not with the key {witness}"
                    )
                );
        return words;
    }

    private static LogFinding? Compare(EarlierCheckpoint earlier, Checkpoint now, NoteKey? key, LogWalk walk)
    {
        if (Checkpoint.Parse(earlier.Note) is not { } known)
            return LogFinding.Of(LogFault.Checkpoint, $"{earlier.Name}: this is no checkpoint");
        if (key is not null && Checkpoint.Open(earlier.Note, key).Failed(out var problem))
            return LogFinding.Of(LogFault.Checkpoint, $"{earlier.Name}: {problem.Message}");
        if (known.Origin != now.Origin)
            return LogFinding.Of(
                LogFault.Checkpoint,
                $"{earlier.Name} is of the log '{known.Origin}', and this is '{now.Origin}'"
            );
        if (known.Size > now.Size)
            return LogFinding.At(
                LogFault.RolledBack,
                now.Size,
                known.Size - 1,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{earlier.Name} covers {known.Size} entries, and this log has {now.Size}: it was put back to an older state, or cut off"
                )
            );
        return walk.RootAt(known.Size) is { } root && root != known.Root ? Fork(earlier.Name, known, now) : null;
    }

    private static LogFinding Fork(string name, Checkpoint known, Checkpoint now) =>
        LogFinding.At(
            LogFault.Forked,
            0,
            known.Size - 1,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the log forked: its first {known.Size} entries are not those of {name} (root {known.Root} at {known.Size} entries; this log is of {now.Size} with root {now.Root}). Keep both checkpoints: together they prove it"
            )
        );
}
