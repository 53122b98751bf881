using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Bascule.Cli.Features.Audit;
using Bascule.Core.Evidence;

namespace Bascule.Cli.Features.Evidence;

/// <summary>What <c>bascule evidence</c> says.</summary>
internal static class EvidenceText
{
    public static EvidenceRecord Record(string file, EvidenceOrder order, EvidenceMade made) =>
        new(
            Path.GetFullPath(file),
            order.Framework.Name,
            order.Range.From,
            order.Range.To,
            [
                .. order
                    .Logs.OrderBy(log => log.Number)
                    .Select(log => new EvidenceLogRecord(
                        log.Checkpoint.Origin,
                        log.Checkpoint.Size,
                        log.Checkpoint.Root.ToString()
                    )),
            ],
            made.Entries,
            made.Rows,
            made.Unreviewed,
            made.Statements
        );

    public static string Of(EvidenceRecord pack)
    {
        var text = new StringBuilder();
        foreach (var log in pack.Logs)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"log        {VerdictText.Clean(log.Origin)}: VERIFIED, {log.Size} entries, root {log.Root}"
            );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"range      {VerdictText.Time(pack.From)} up to {VerdictText.Time(pack.To)}: {pack.Entries} entries"
        );
        foreach (var (file, rows) in pack.Rows)
            text.AppendLine(CultureInfo.InvariantCulture, $"{rows, 10} {file}");
        if (pack.Statements > 0)
            text.AppendLine(CultureInfo.InvariantCulture, $"{pack.Statements, 10} signed statements in attestations/");
        if (pack.Unreviewed > 0)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"look at    {pack.Unreviewed} let go without approval, and not reviewed: exceptions.csv"
            );
        return text.Append(
                CultureInfo.InvariantCulture,
                $"The pack is {pack.File}; begin with its index.html. Hand the log's key over by another way."
            )
            .ToString();
    }

    /// <summary>All that is wrong with it; no pack is made of it.</summary>
    public static int RefuseLog(OutputFeature output, ExaminedLog log)
    {
        var verdict = VerdictText.Record(log.Name, log.Examined.Verdict, log.Key, TimeSpan.Zero);
        output.Write(verdict, AuditJson.Default.VerdictRecord, () => VerdictText.Of(verdict, log.Key, []));
        OutputFeature.Say("bascule: no pack is made of a log that is not what its key signed");
        return ExitCodes.Negative;
    }
}

/// <summary>The same for scripts.</summary>
/// <param name="Rows">Of each table.</param>
internal sealed record EvidenceRecord(
    string File,
    string Framework,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<EvidenceLogRecord> Logs,
    long Entries,
    IReadOnlyDictionary<string, long> Rows,
    int Unreviewed,
    int Statements
);

internal sealed record EvidenceLogRecord(string Origin, long Size, string Root);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EvidenceRecord))]
internal sealed partial class EvidenceJson : JsonSerializerContext;
