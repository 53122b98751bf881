using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Audit;
using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Cli.Commands.Audit;

/// <summary><c>bascule audit verify</c>: whether a log, or one entry with its proof, is what the log's key signed.</summary>
internal static class AuditVerifyCommand
{
    private static readonly Argument<string> Where = new("log")
    {
        Description = "The address of a log, a folder or a backup; or a .tlog-proof, with --entry.",
    };

    private static readonly Option<string[]> Since = new("--since")
    {
        Description =
            "A checkpoint or .tlog-proof from before: nothing that it covers may have changed. May be repeated.",
        HelpName = "file",
    };

    private static readonly Option<string?> CheckpointFile = new("--checkpoint")
    {
        Description = "Hold the log against this checkpoint, and not against the one that comes with it.",
        HelpName = "file",
    };

    private static readonly Option<string?> Entry = new("--entry")
    {
        Description = "The entry that a .tlog-proof is of.",
        HelpName = "file",
    };

    public static Command Create()
    {
        var command = new Command(
            "verify",
            "Checks a whole audit log, or the proof of one entry, without trusting whoever keeps it."
        )
        {
            Where,
            LogKeyFeature.Key,
            LogKeyFeature.Witness,
            Since,
            CheckpointFile,
            Entry,
            LogFeature.Number,
            LogFeature.Ca,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var where = parsed.GetValue(Where)!;
        var witnesses = LogKeyFeature.ReadWitnesses(parsed);
        if (witnesses.Failed(out var problem))
            return output.Refuse(problem);
        if (parsed.GetValue(Entry) is { } entry)
            return ProofVerification.Run(parsed, output, where, entry, witnesses.Value);
        if (where.EndsWith(".tlog-proof", StringComparison.Ordinal))
            return output.Refuse(Problem.Invalid($"name the entry that '{where}' is of: --entry FILE"));
        var opened = await LogFeature.OpenAsync(parsed, where, cancellationToken);
        if (opened.Failed(out problem))
            return output.Refuse(problem);
        await using var log = opened.Value;
        var done = await VerifyAsync(parsed, output, log.Source, witnesses.Value, cancellationToken);
        return done.Failed(out problem) ? output.Refuse(problem) : done.Value;
    }

    private static async Task<Result<int>> VerifyAsync(
        ParseResult parsed,
        OutputFeature output,
        ILogSource source,
        IReadOnlyList<NoteKey> witnesses,
        CancellationToken cancellationToken
    )
    {
        var began = TimeProvider.System.GetTimestamp();
        var note = parsed.GetValue(CheckpointFile) is { } file
            ? BytesOf(NoteFile.Read(file))
            : await source.ReadCheckpointAsync(cancellationToken);
        if (note.Failed(out var problem))
            return problem;
        var key = ReadKey(parsed, note.Value);
        if (key.Failed(out problem))
            return problem;
        var earlier = ReadEarlier(parsed.GetValue(Since) ?? []);
        if (earlier.Failed(out problem))
            return problem;
        var expected = new LogExpectation(key.Value?.Key) { Witnesses = witnesses, Earlier = earlier.Value };
        var verified = await LogVerifier.VerifyAsync(
            new OtherCheckpoint(source, note.Value),
            expected,
            cancellationToken
        );
        if (verified.Failed(out problem))
            return problem;
        var record = VerdictText.Record(
            source.Name,
            verified.Value,
            key.Value,
            TimeProvider.System.GetElapsedTime(began)
        );
        output.Write(
            record,
            AuditJson.Default.VerdictRecord,
            () => VerdictText.Of(record, key.Value, earlier.Value.Select(one => one.Name))
        );
        if (!record.Verified)
            return ExitCodes.Negative;
        Remember(key.Value!);
        return ExitCodes.Success;
    }

    private static Result<LogKey?> ReadKey(ParseResult parsed, ReadOnlyMemory<byte> checkpoint)
    {
        var origin =
            SignedNote.Parse(checkpoint.Span) is { } note && Checkpoint.Parse(note) is { } known ? known.Origin : "";
        return LogKeyFeature.Read(parsed, origin, LogKeys.Own);
    }

    private static void Remember(LogKey key)
    {
        if (key.IsNew && LogKeys.Own.Remember(key.Key).Failed(out var problem))
            OutputFeature.Say($"bascule: the key is not remembered: {problem.Message}");
    }

    private static Result<ReadOnlyMemory<byte>> BytesOf(Result<SignedNote> note) =>
        note.Failed(out var problem)
            ? problem
            : (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(note.Value.ToString());

    private static Result<IReadOnlyList<EarlierCheckpoint>> ReadEarlier(IEnumerable<string> files)
    {
        var earlier = new List<EarlierCheckpoint>();
        foreach (var file in files)
        {
            var note = NoteFile.Read(file);
            if (note.Failed(out var problem))
                return problem;
            earlier.Add(new EarlierCheckpoint(file, note.Value));
        }
        return earlier;
    }
}
