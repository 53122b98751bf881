using System.Globalization;
using System.Text;
using Bascule.Core.Audit.Verifying;
using Bascule.Core.Text;

namespace Bascule.Cli.Features.Audit;

/// <summary>A verdict as people read it. What it quotes may be from whoever forged the log, so it is shown as plain text.</summary>
internal static class VerdictText
{
    private const int Shown = 50;
    private const int LongestLine = 600;

    public static VerdictRecord Record(string log, LogVerdict verdict, LogKey? key, TimeSpan took) =>
        new(
            log,
            verdict.Checkpoint?.Origin,
            verdict.Checkpoint?.Size,
            verdict.Checkpoint?.Root.ToString(),
            key?.Key.ToString(),
            verdict.IsVerified,
            verdict.IsSigned,
            verdict.Entries,
            verdict.EntryBytes,
            Math.Round(took.TotalSeconds, 3),
            [.. verdict.Witnessed.Select(word => new WitnessRecord(word.Name, word.At))],
            [.. verdict.Findings.Select(one => new FindingRecord(Word(one.Fault), one.From, one.To, one.Message))],
            verdict.FindingCount
        );

    public static string Of(VerdictRecord verdict, LogKey? key, IEnumerable<string> earlier)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"log        {Clean(verdict.Origin ?? verdict.Log)}");
        if (verdict.Size is not null)
            text.AppendLine(CultureInfo.InvariantCulture, $"entries    {verdict.Size}, root {verdict.Root}");
        text.AppendLine(CultureInfo.InvariantCulture, $"key        {KeyLine(key)}");
        foreach (var word in verdict.Witnessed)
            text.AppendLine(CultureInfo.InvariantCulture, $"witnessed  by {Clean(word.Name)} at {Time(word.At)}");
        foreach (var name in earlier)
            text.AppendLine(CultureInfo.InvariantCulture, $"since      {Clean(name)}");
        foreach (var one in verdict.Findings.Take(Shown))
            text.AppendLine(CultureInfo.InvariantCulture, $"{one.Fault, -10} {Clean(one.Message)}");
        if (verdict.FindingCount > Shown)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"...        and {verdict.FindingCount - Shown} more findings; --json shows the first {verdict.Findings.Count}"
            );
        return text.Append(Outcome(verdict, key)).ToString();
    }

    public static string Word(LogFault fault) =>
        fault == LogFault.RolledBack ? "rolled_back" : fault.ToString().ToLowerInvariant();

    public static string Clean(string text) => PlainText.Line(text, LongestLine);

    public static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string KeyLine(LogKey? key) =>
        key is null ? "none known"
        : key.IsNew ? key.Key.ToString()
        : $"{key.Key} (remembered)";

    private static string Outcome(VerdictRecord verdict, LogKey? key) =>
        verdict.Verified
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"VERIFIED: all {verdict.Entries} entries are those that the log's key signed ({verdict.EntryBytes} bytes, {verdict.Seconds:0.0} s)"
            )
        : verdict.FindingCount > 0
            ? $"NOT VERIFIED: {verdict.FindingCount} {(verdict.FindingCount == 1 ? "finding" : "findings")}"
        : key is null
            ? "NOT VERIFIED: the log agrees with itself, and whoever keeps it can make any log do that. Name its key, as the operator gave it to you: --key"
        : "NOT VERIFIED";
}
