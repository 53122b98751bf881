using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Cli.Features.Audit;

/// <summary>Cosigns what a log shows, as long as it only grows (c2sp.org/tlog-cosignature).</summary>
internal sealed class Witness(NoteSigner signer, NoteKey logKey, WitnessState state, TimeProvider time)
{
    /// <summary>Conflict where the log does not extend what this witness saw before; then both checkpoints are kept.</summary>
    public async Task<Result<Cosigned>> RunAsync(ILogSource log, CancellationToken cancellationToken)
    {
        var turn = state.TakeTurn();
        if (turn.Failed(out var problem))
            return problem;
        using var held = turn.Value;
        var known = state.Read();
        if (known.Failed(out problem))
            return problem;
        var read = await log.ReadCheckpointAsync(cancellationToken);
        if (read.Failed(out problem))
            return problem;
        if (SignedNote.Parse(read.Value.Span) is not { } shown)
            return Problem.Invalid($"{log.Name} shows a checkpoint that is none");
        var opened = Checkpoint.Open(shown, logKey);
        if (opened.Failed(out problem))
            return problem;
        var grown = await CheckAsync(log, known.Value, shown, opened.Value, cancellationToken);
        if (grown.Failed(out problem))
            return problem;
        var kept = state.Keep(shown);
        if (kept.Failed(out problem))
            return problem;
        return new Cosigned(
            shown.With(signer.Cosign(opened.Value, time.GetUtcNow())),
            opened.Value,
            known.Value is null ? null : Checkpoint.Parse(known.Value)!.Size
        );
    }

    private async Task<Result<Done>> CheckAsync(
        ILogSource log,
        SignedNote? known,
        SignedNote shown,
        Checkpoint checkpoint,
        CancellationToken cancellationToken
    )
    {
        if (known is null)
            return Result.Done;
        var earlier = Checkpoint.Open(known, logKey);
        if (earlier.Failed(out var other))
            return other;
        var grown = await Growth.CheckAsync(log, earlier.Value, checkpoint, cancellationToken);
        if (grown.Problem is not { Code: ProblemCode.Conflict } fork)
            return grown;
        var evidence = state.KeepEvidence(known, shown, time.GetUtcNow());
        return evidence.Failed(out var lost)
            ? Problem.Conflict($"{fork.Message}. It is not cosigned. The evidence could not be kept: {lost.Message}")
            : Problem.Conflict(
                $"{fork.Message}. It is not cosigned. Both checkpoints are kept in {evidence.Value}: show them to whoever the log answers to"
            );
    }
}

/// <param name="Before">How many entries the log had when this witness saw it last; null at the first time.</param>
internal sealed record Cosigned(SignedNote Note, Checkpoint Checkpoint, long? Before);
