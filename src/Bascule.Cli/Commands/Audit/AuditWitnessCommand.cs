using System.CommandLine;
using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Audit;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Audit.Log;

namespace Bascule.Cli.Commands.Audit;

/// <summary><c>bascule audit witness</c>: a second party says what it saw, so that the operator alone cannot rewrite history.</summary>
internal static class AuditWitnessCommand
{
    private static readonly Argument<string> Where = new("url") { Description = "The address of the log." };

    private static readonly Option<string> KeyFile = new("--key-file")
    {
        Description = "The witness's private key; made at the first run.",
        Required = true,
        HelpName = "file",
    };

    private static readonly Option<string?> State = new("--state")
    {
        Description = "What was seen last. Default: beside the key, one for each log.",
        HelpName = "file",
    };

    private static readonly Option<string?> Name = new("--name")
    {
        Description = "Under which name a new key signs, such as auditor.example.org. Default: the machine's name.",
        HelpName = "name",
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Keep the cosigned checkpoint in this file too.",
        HelpName = "file",
    };

    public static Command Create()
    {
        var command = new Command(
            "witness",
            "Cosigns the newest checkpoint of a log, if it extends the one that was seen last."
        )
        {
            Where,
            KeyFile,
            State,
            Name,
            LogKeyFeature.Key,
            Out,
            LogFeature.Ca,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var opened = WitnessKey.OpenOrCreate(
            parsed.GetValue(KeyFile)!,
            parsed.GetValue(Name) ?? Environment.MachineName
        );
        if (opened.Failed(out var problem))
            return output.Refuse(problem);
        using var signer = opened.Value.Signer;
        if (opened.Value.IsNew)
            OutputFeature.Say($"This witness is new. Hand its key to whoever keeps the log:\n{signer.CosignatureKey}");
        var connected = LogFeature.OpenPublic(parsed, parsed.GetValue(Where)!);
        if (connected.Failed(out problem))
            return output.Refuse(problem);
        using var log = connected.Value;
        var cosigned = await CosignAsync(parsed, log, signer, cancellationToken);
        if (cosigned.Failed(out problem))
            return problem.Code == ProblemCode.Conflict ? RefuseFork(output, problem) : output.Refuse(problem);
        return await HandInAsync(parsed, output, log, signer, cosigned.Value, cancellationToken);
    }

    private static async Task<Result<Cosigned>> CosignAsync(
        ParseResult parsed,
        AuditLogClient log,
        NoteSigner signer,
        CancellationToken cancellationToken
    )
    {
        var read = await log.ReadCheckpointAsync(cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        if (SignedNote.Parse(read.Value.Span) is not { } note || Checkpoint.Parse(note) is not { } checkpoint)
            return Problem.Invalid($"{log.Name} shows a checkpoint that is none");
        var key = LogKeyFeature.Read(parsed, checkpoint.Origin, LogKeys.Own);
        if (key.Failed(out problem))
            return problem;
        if (key.Value is null)
            return Problem.Invalid(
                $"a witness that does not know the key of '{VerdictText.Clean(checkpoint.Origin)}' vouches for nothing; name it once, as the operator gave it to you: --key"
            );
        var state = parsed.GetValue(State) ?? StateFile(parsed.GetValue(KeyFile)!, checkpoint.Origin);
        var witness = new Witness(signer, key.Value.Key, new WitnessState(state), TimeProvider.System);
        var cosigned = await witness.RunAsync(log, cancellationToken);
        if (cosigned.Problem is null && key.Value.IsNew && LogKeys.Own.Remember(key.Value.Key).Failed(out var unkept))
            OutputFeature.Say($"bascule: the key is not remembered: {unkept.Message}");
        return cosigned;
    }

    /// <summary>One key may witness several logs.</summary>
    private static string StateFile(string keyFile, string origin) =>
        $"{keyFile}.{string.Concat(origin.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' ? letter : '_'))}.seen";

    private static async Task<int> HandInAsync(
        ParseResult parsed,
        OutputFeature output,
        AuditLogClient log,
        NoteSigner signer,
        Cosigned cosigned,
        CancellationToken cancellationToken
    )
    {
        var record = new WitnessedRecord(
            cosigned.Checkpoint.Origin,
            cosigned.Checkpoint.Size,
            cosigned.Checkpoint.Root.ToString(),
            signer.CosignatureKey.ToString(),
            cosigned.Before,
            cosigned.Note.ToString()
        );
        output.Write(record, AuditJson.Default.WitnessedRecord, () => record.Checkpoint.TrimEnd('\n'));
        if (parsed.GetValue(Out) is { } file)
            await File.WriteAllTextAsync(file, record.Checkpoint, cancellationToken);
        OutputFeature.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{record.Size} entries are cosigned{(record.Before is { } before ? $"; {before} had been seen before" : "; it is the first time, so nothing before is vouched for")}"
            )
        );
        var sent = await log.CosignAsync(cosigned.Note, cancellationToken);
        return sent.Failed(out var problem) ? output.Refuse(problem) : ExitCodes.Success;
    }

    private static int RefuseFork(OutputFeature output, Problem problem)
    {
        output.Refuse(problem);
        return ExitCodes.Negative;
    }
}
