using System.CommandLine;
using System.Globalization;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Cli.Features.Audit;

/// <summary>Checks one entry with nothing but its proof and the log's key.</summary>
internal static class ProofVerification
{
    public static int Run(
        ParseResult parsed,
        OutputFeature output,
        string proofFile,
        string entryFile,
        IReadOnlyList<NoteKey> witnesses
    )
    {
        var bytes = NoteFile.ReadBytes(proofFile, LogProof.MostBytes);
        if (bytes.Failed(out var problem))
            return output.Refuse(problem);
        var entry = NoteFile.ReadBytes(entryFile, ushort.MaxValue);
        if (entry.Failed(out problem))
            return output.Refuse(problem);
        if (LogProof.Parse(bytes.Value) is not { } proof)
            return Show(
                output,
                new(null, 0, null, null, Verified: false, [], [$"'{proofFile}' is no .tlog-proof"]),
                null
            );
        var key = LogKeyFeature.Read(parsed, Checkpoint.Parse(proof.Checkpoint)?.Origin ?? "", LogKeys.Own);
        return key.Failed(out problem)
            ? output.Refuse(problem)
            : Show(output, Judge(proof, entry.Value, key.Value, witnesses), key.Value);
    }

    private static ProofVerdictRecord Judge(LogProof proof, byte[] entry, LogKey? key, IReadOnlyList<NoteKey> witnesses)
    {
        var findings = new List<string>();
        if (key is null)
            findings.Add("no key is known for this log: name it, as the operator gave it to you: --key");
        else if (proof.Verify(entry, key.Key).Failed(out var wrong))
            findings.Add(wrong.Message);
        var words = witnesses.Select(witness => WitnessWord.Of(proof.Checkpoint, witness)).ToList();
        findings.AddRange(
            witnesses
                .Where((_, at) => words[at] is null)
                .Select(witness => $"the witness '{witness.Name}' has not cosigned this checkpoint")
        );
        var checkpoint = Checkpoint.Parse(proof.Checkpoint);
        return new ProofVerdictRecord(
            checkpoint?.Origin,
            proof.Index,
            checkpoint?.Size,
            key?.Key.ToString(),
            findings.Count == 0,
            [.. words.OfType<WitnessWord>().Select(word => new WitnessRecord(word.Name, word.At))],
            findings
        );
    }

    private static int Show(OutputFeature output, ProofVerdictRecord verdict, LogKey? key)
    {
        output.Write(verdict, AuditJson.Default.ProofVerdictRecord, () => Text(verdict, key));
        if (verdict.Verified && key is { IsNew: true } && LogKeys.Own.Remember(key.Key).Failed(out var problem))
            OutputFeature.Say($"bascule: the key is not remembered: {problem.Message}");
        return verdict.Verified ? ExitCodes.Success : ExitCodes.Negative;
    }

    private static string Text(ProofVerdictRecord verdict, LogKey? key) =>
        string.Join(
            '\n',
            [
                $"log        {VerdictText.Clean(verdict.Origin ?? "unknown")}",
                string.Create(CultureInfo.InvariantCulture, $"entry      {verdict.Index} of {verdict.Size ?? 0}"),
                $"key        {VerdictText.KeyLine(key)}",
                .. verdict.Witnessed.Select(word =>
                    $"witnessed  by {VerdictText.Clean(word.Name)} at {VerdictText.Time(word.At)}"
                ),
                .. verdict.Findings.Select(finding => $"wrong      {VerdictText.Clean(finding)}"),
                verdict.Verified ? "VERIFIED: the entry stands in the log, byte for byte" : "NOT VERIFIED",
            ]
        );
}
