using Bascule.Core.Evidence.Controls;
using Bascule.Core.Evidence.Packing;
using Bascule.Core.Evidence.Tables;

namespace Bascule.Core.Evidence;

/// <summary>Makes one archive that an auditor can read, and check, without Bascule.</summary>
public static class EvidencePack
{
    /// <summary>Conflict where the file is there already, or a log changed while it was read. Then nothing is left behind.</summary>
    /// <param name="file">The archive; it is there only when it is whole.</param>
    public static async Task<Result<EvidenceMade>> WriteAsync(
        EvidenceOrder order,
        string file,
        CancellationToken cancellationToken
    )
    {
        if (File.Exists(file) || Directory.Exists(file))
            return Taken(file);
        try
        {
            using var folder = PackFolder.Create(file);
            var filled = await FillAsync(order, folder, cancellationToken);
            if (filled.Failed(out var problem))
                return problem;
            var written = await PackArchive.WriteAsync(folder, file, cancellationToken);
            return written.Failed(out problem) ? problem : filled;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be written: {failure.Message}");
        }
    }

    /// <summary>Conflict: what was handed to somebody is not written over.</summary>
    public static Problem Taken(string file) =>
        Problem.Conflict($"'{file}' is there already, and a pack is not written over: name another file with --out");

    private static async Task<Result<EvidenceMade>> FillAsync(
        EvidenceOrder order,
        PackFolder folder,
        CancellationToken cancellationToken
    )
    {
        var files = new TableFiles(folder);
        var tables = new TableWriter(order.Range, files);
        var logs = new List<(EvidenceLog Log, Selection Selection)>();
        foreach (var log in order.Logs.OrderBy(log => log.Number))
        {
            var read = await tables.ReadAsync(log, cancellationToken);
            if (read.Failed(out var problem))
                return problem;
            logs.Add((log, read.Value));
        }
        tables.Finish();
        folder.Open(EntryFiles.Entries);
        foreach (var (log, selection) in logs)
        {
            var written = await new EntryFiles(folder, order.Range, log, selection).WriteAsync(cancellationToken);
            if (written.Failed(out var problem))
                return problem;
        }
        var statements = new StatementFiles(folder, tables.Attestations);
        var fetched = await statements.WriteAsync(order.Statements, cancellationToken);
        if (fetched.Failed(out var unread))
            return unread;
        var story = new PackStory(order, logs, files.Rows, tables.Exceptions.Unreviewed, statements.Count);
        WriteIndex(folder, story);
        return new EvidenceMade(logs.Sum(log => log.Selection.Count), story.Rows, story.Unreviewed, statements.Count);
    }

    private static void WriteIndex(PackFolder folder, PackStory story)
    {
        folder.Write("index.csv", IndexSheet.Of(story));
        folder.Write("index.html", IndexPage.Of(story));
        folder.Write("VERIFY.md", VerifyPage.Of(story));
        folder.Write("verify.go", VerifyPage.Program);
        folder.Write("SHA256SUMS", folder.Sums());
    }
}

/// <summary>What is wanted of a pack.</summary>
/// <param name="Logs">One or more, of one installation, each checked.</param>
public sealed record EvidenceOrder(Framework Framework, EvidenceRange Range, IReadOnlyList<EvidenceLog> Logs)
{
    /// <summary>Null where there is no server to ask: then the pack has their digests alone.</summary>
    public IStatementSource? Statements { get; init; }
}

/// <summary>What became of it.</summary>
/// <param name="Entries">Of the range.</param>
/// <param name="Rows">By table.</param>
/// <param name="Unreviewed">Runs let go without approval that nobody else has looked at.</param>
/// <param name="Statements">How many signed statements could be fetched.</param>
public sealed record EvidenceMade(long Entries, IReadOnlyDictionary<string, long> Rows, int Unreviewed, int Statements);
