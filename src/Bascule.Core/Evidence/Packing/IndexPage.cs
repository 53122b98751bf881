using System.Globalization;
using System.Net;
using System.Text;
using Bascule.Core.Audit;
using Bascule.Core.Evidence.Controls;
using Bascule.Core.Evidence.Tables;
using Bascule.Core.Text;

namespace Bascule.Core.Evidence.Packing;

/// <summary>The page that the auditor opens first. It has no script and asks nothing of any network; whatever is from the log is escaped (THREATS T123).</summary>
internal sealed class IndexPage(PackStory story)
{
    private const int LongestText = 2000;

    private readonly StringBuilder _page = new();

    public static string Of(PackStory story) => new IndexPage(story).Write();

    private string Write()
    {
        var order = story.Order;
        var origin = story.Logs[0].Log.Checkpoint.Origin;
        Line("<!doctype html>");
        Line("<html lang=\"en\"><head><meta charset=\"utf-8\">");
        Line("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
        Line("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        Line($"<title>Evidence of {Text(origin)}</title><style>{IndexStyle.Sheet}</style></head><body><main>");
        Line($"<h1>Evidence of {Text(origin)}</h1>");
        Line($"<p class=\"lead\">{Text(order.Framework.Title)}. Entries {Text(order.Range.ToString())} (UTC).</p>");
        Summary();
        Logs();
        ControlList();
        Files();
        Limits();
        Line("</main></body></html>");
        return _page.ToString();
    }

    private void Summary()
    {
        var entries = story.Logs.Sum(log => log.Selection.Count);
        Line("<ul class=\"facts\">");
        Fact(
            Number(entries),
            entries == 0 ? "entries: nothing was written down in this time" : "entries in this time, all of them"
        );
        Fact(
            Number(story.RowsOf(EvidenceTables.Of(EvidenceTables.Changes))),
            "runs that were to change an environment"
        );
        Fact(
            Number(story.RowsOf(EvidenceTables.Of(EvidenceTables.IdentitiesRetired))),
            "identities retired, or tried after"
        );
        Fact(Number(story.Unreviewed), "runs let go without approval that nobody else has looked at");
        Line("</ul>");
        Line(
            "<p>Every entry in this pack stands under a checkpoint that the log's key signed, and was checked before it was packed. "
                + "<a href=\"VERIFY.md\">VERIFY.md</a> says how to check it again with openssl, sha256sum and Go, and nothing of Bascule's. "
                + "The tables are made from the entries in <a href=\"entries.jsonl\">entries.jsonl</a>; where they differ, the entry counts. "
                + "People are pseudonyms: the operator tells whoever may know whom they stand for.</p>"
        );
    }

    private void Logs()
    {
        Line("<h2>Logs</h2>");
        Line("<p>Hold the key against the one that you were given by another way than this pack.</p>");
        foreach (var (log, selection) in story.Logs)
        {
            Line("<table class=\"pairs\">");
            Pair("log", $"{Number(log.Number)}: {Text(log.Checkpoint.Origin)}");
            Pair("key", $"<code>{Text(log.Key.ToString())}</code>");
            Pair(
                "checkpoint",
                $"<a href=\"{log.Folder}checkpoint\">{Number(log.Checkpoint.Size)} entries</a>, root <code>{Text(log.Checkpoint.Root.ToString())}</code>"
            );
            Pair("signed by", Signers(log));
            Pair("newest entry", selection.Newest is { } newest ? Text(newest) : "none");
            Pair("in this pack", Stretch(selection));
            Line("</table>");
        }
    }

    private static string Signers(EvidenceLog log)
    {
        var checkedOnes = log.Witnessed.Select(word => $"{Text(word.Name)} at {AuditEntry.TimeText(word.At)}").ToList();
        var known = log.Witnessed.Select(word => word.Name).Append(log.Key.Name).ToHashSet();
        var others = log
            .Note.Signatures.Select(line => line.Name)
            .Where(name => !known.Contains(name))
            .Distinct()
            .ToList();
        var witnesses =
            checkedOnes.Count > 0 ? $"the log itself, and witnessed by {string.Join(", ", checkedOnes)}"
            : others.Count > 0 ? "the log itself"
            : "the log itself; no witness has cosigned";
        return others.Count == 0
            ? witnesses
            : $"{witnesses}; lines of {string.Join(", ", others.Select(Text))} are there, whose keys were not named";
    }

    private string Stretch(Selection selection)
    {
        var neighbours = selection.Others == 0 ? "" : $", and {Number(selection.Others)} beside or cited";
        if (selection.Count == 0)
            return $"no entry of this time{neighbours}";
        var isWhole = selection.Last - selection.First + 1 == selection.Count;
        var last =
            selection.Newest is { } newest
            && string.CompareOrdinal(newest, AuditEntry.TimeText(story.Order.Range.To)) < 0
                ? ". The checkpoint covers nothing later than its newest entry"
                : "";
        return $"{Number(selection.Count)} entries, {Number(selection.First!.Value)} to {Number(selection.Last!.Value)}"
            + (
                isWhole
                    ? " without a gap"
                    : ", with gaps: the clock was set back, and each entry counts by its own time"
            )
            + neighbours
            + last;
    }

    private void ControlList()
    {
        Line("<h2>Which control each file answers</h2>");
        Line(
            "<p>No log answers a control alone. Each row says what is here and what is not. The words are this pack's own, not the framework's.</p>"
        );
        Line(
            "<table><thead><tr><th>Control</th><th>Shown here</th><th>Not here</th><th class=\"files\">Files</th></tr></thead><tbody>"
        );
        foreach (var control in story.Order.Framework.Controls)
            Line(
                $"<tr><th scope=\"row\">{Text(control.Id)}<br><span>{Text(control.Title)}</span></th><td>{Text(control.Shows)}</td><td>{Text(control.Lacks)}</td><td>{FilesOf(control)}</td></tr>"
            );
        Line("</tbody></table>");
        Line($"<p>Not here at all: {Text(story.Order.Framework.NotHere)}</p>");
    }

    private string FilesOf(Control control) =>
        string.Join(
            "<br>",
            control
                .Tables.Select(EvidenceTables.Of)
                .SelectMany(table =>
                    story
                        .FilesOf(table)
                        .Select(file => $"{Link(file)} ({Number(story.Rows[file])})")
                        .DefaultIfEmpty($"{Text(table.File)} (0)")
                )
        );

    private void Files()
    {
        Line("<h2>Files</h2>");
        Line("<table><thead><tr><th>File</th><th>Rows</th><th>What it shows</th></tr></thead><tbody>");
        foreach (var table in EvidenceTables.All)
        {
            foreach (var file in story.FilesOf(table))
                FileRow(Link(file), Number(story.Rows[file]), Text(table.Shows));
            if (!story.FilesOf(table).Any())
                FileRow(Text(table.File), "0", Text(table.Shows));
        }
        FileRow(
            "<a href=\"entries.jsonl\">entries.jsonl</a>",
            "",
            "The entries, byte for byte as the log has them, one a line with log and index. <code>why</code> is <code>range</code>, <code>cited</code> (a table names it) or <code>border</code> (the neighbour of one in range: nothing was left out between)."
        );
        if (story.Statements > 0)
            FileRow(
                "attestations/",
                Number(story.Statements),
                "The signed statements themselves, each under its digest, and the public keys."
            );
        FileRow(
            "log/",
            "",
            "Per log: checkpoint, key, the tiles of hashes that prove the entries, and in proofs/ the entries that matter most, each with a .tlog-proof of its own."
        );
        FileRow("<a href=\"index.csv\">index.csv</a>", "", "The table of controls above, for a spreadsheet.");
        FileRow("<a href=\"SHA256SUMS\">SHA256SUMS</a>", "", "The digest of every other file.");
        Line("</tbody></table>");
    }

    private void Limits()
    {
        Line("<h2>What this pack cannot tell</h2><ul>");
        Line(
            "<li>Whether an entry is true. It proves what was written down, and that it stands as it was written.</li>"
        );
        Line("<li>What never reached Bascule: changes made by hand on a platform, reads at the forge itself.</li>");
        Line(
            "<li>The time of an entry is the server's own clock. Entries were chosen by it; their order is their place in the log.</li>"
        );
        Line("<li>Who a refused stranger was: such refusals are counted by address and minute.</li>");
        Line("<li>Anything later than the checkpoint.</li></ul>");
    }

    private void Fact(string number, string what) => Line($"<li><strong>{number}</strong> {what}</li>");

    private void Pair(string name, string value) => Line($"<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>");

    private void FileRow(string file, string rows, string shows) =>
        Line($"<tr><td>{file}</td><td class=\"number\">{rows}</td><td>{shows}</td></tr>");

    private void Line(string text) => _page.Append(text).Append('\n');

    /// <summary>A percent sign in a name is one in an address only when it is written as one.</summary>
    private static string Link(string file) =>
        $"<a href=\"{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}\">{Text(file)}</a>";

    private static string Text(string text) => WebUtility.HtmlEncode(PlainText.Line(text, LongestText));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
