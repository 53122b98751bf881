using System.CommandLine;
using System.Globalization;
using System.Text;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Audit;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Cli.Commands.Audit;

/// <summary><c>bascule audit prove</c>: one entry, with what proves it to anybody who knows the log's key.</summary>
internal static class AuditProveCommand
{
    private const int LongestIndex = 20;

    private static readonly Argument<string> Entry = new("entry")
    {
        Description = "The entry's index in the log, or its id.",
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Where to write FILE.json and FILE.tlog-proof. Default: entry-<index> in the current folder.",
        HelpName = "file",
    };

    public static Command Create()
    {
        var command = new Command("prove", "Writes one entry and the proof that it stands in the log.")
        {
            Entry,
            Out,
            LogFeature.Log,
            LogFeature.Ca,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var opened = await LogFeature.OpenAsync(parsed, parsed.GetValue(LogFeature.Log), cancellationToken);
        if (opened.Failed(out var problem))
            return output.Refuse(problem);
        await using var log = opened.Value;
        var proven = await ProveAsync(log.Source, parsed.GetValue(Entry)!, cancellationToken);
        if (proven.Failed(out problem))
            return output.Refuse(problem);
        var written = Write(parsed.GetValue(Out), proven.Value);
        if (written.Failed(out problem))
            return output.Refuse(problem);
        output.Write(written.Value, AuditJson.Default.ProofRecord, () => Text(written.Value));
        return ExitCodes.Success;
    }

    private static async Task<Result<ProvenEntry>> ProveAsync(
        ILogSource log,
        string entry,
        CancellationToken cancellationToken
    )
    {
        var newest = await ReadAsync(log.ReadCheckpointAsync(cancellationToken));
        if (newest.Failed(out var problem))
            return problem;
        var size = Checkpoint.Parse(newest.Value)?.Size ?? 0;
        // An id may happen to have no letters; an index is never as long.
        var index =
            entry.Length < LongestIndex
            && long.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : await Proving.FindAsync(log, size, entry, cancellationToken);
        if (index.Failed(out problem))
            return problem;
        var witnessed = await WitnessedAsync(log, cancellationToken);
        var covers = witnessed is not null && Checkpoint.Parse(witnessed)?.Size > index.Value;
        return await Proving.ProveAsync(log, covers ? witnessed! : newest.Value, index.Value, cancellationToken);
    }

    /// <summary>One that a witness has cosigned says more than a newer one.</summary>
    private static async Task<SignedNote?> WitnessedAsync(ILogSource log, CancellationToken cancellationToken) =>
        log is AuditLogClient client
        && await ReadAsync(client.ReadWitnessedAsync(cancellationToken)) is { Problem: null } read
            ? read.Value
            : null;

    private static async Task<Result<SignedNote>> ReadAsync(Task<Result<ReadOnlyMemory<byte>>> reading)
    {
        var read = await reading;
        if (read.Failed(out var problem))
            return problem;
        return SignedNote.Parse(read.Value.Span) is { } note ? note : Problem.Invalid("the log's checkpoint is none");
    }

    private static Result<ProofRecord> Write(string? name, ProvenEntry proven)
    {
        var proof = proven.Proof;
        var stem = name is null
            ? string.Create(CultureInfo.InvariantCulture, $"entry-{proof.Index}")
            : Path.Combine(Path.GetDirectoryName(name) ?? "", StemOf(Path.GetFileName(name)));
        try
        {
            File.WriteAllBytes($"{stem}.json", proven.Entry.Span);
            File.WriteAllText($"{stem}.tlog-proof", proof.ToString(), new UTF8Encoding(false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{stem}.json' and '{stem}.tlog-proof' cannot be written: {failure.Message}");
        }
        var checkpoint = Checkpoint.Parse(proof.Checkpoint)!;
        return new ProofRecord(checkpoint.Origin, proof.Index, checkpoint.Size, $"{stem}.json", $"{stem}.tlog-proof");
    }

    private static string StemOf(string name) =>
        name.EndsWith(".tlog-proof", StringComparison.Ordinal) ? name[..^".tlog-proof".Length]
        : name.EndsWith(".json", StringComparison.Ordinal) ? name[..^".json".Length]
        : name;

    private static string Text(ProofRecord proof) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"entry {proof.Index} of {VerdictText.Clean(proof.Origin)} is in {proof.Entry}, its proof in {proof.Proof}.\nCheck them anywhere with: bascule audit verify {proof.Proof} --entry {proof.Entry} --key KEY"
        );
}
