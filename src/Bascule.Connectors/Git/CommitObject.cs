using System.Globalization;
using Bascule.Core.Content;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Git;

/// <summary>A commit object, read for its tree and for what people want to see.</summary>
public sealed record CommitObject(string Tree, string Author, DateTimeOffset At, string Subject)
{
    private const int MaxSubject = 200;
    private const int MaxName = 200;

    public static CommitObject? Parse(string text)
    {
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = (end < 0 ? text : text[..end]).Split('\n');
        var message = end < 0 ? "" : text[(end + 2)..].TrimStart();
        if (head is not [var first, ..] || !first.StartsWith("tree ", StringComparison.Ordinal))
            return null;
        var tree = first["tree ".Length..];
        if (!ObjectHash.IsId(tree))
            return null;
        var author = Array.Find(head, line => line.StartsWith("author ", StringComparison.Ordinal)) ?? "";
        var committer = Array.Find(head, line => line.StartsWith("committer ", StringComparison.Ordinal)) ?? "";
        return new CommitObject(tree, Name(author), When(committer), message.Split('\n')[0]);
    }

    public CommitSummary Summarise(CommitId id) =>
        new(id, UntrustedText.Line(Subject, MaxSubject), UntrustedText.Line(Author, MaxName), At);

    private static string Name(string line)
    {
        var end = line.IndexOf('<', StringComparison.Ordinal);
        return end < 0 ? "" : line["author ".Length..end];
    }

    /// <summary><c>… &lt;mail&gt; seconds +hhmm</c>; a date beyond the calendar becomes its beginning.</summary>
    private static DateTimeOffset When(string line)
    {
        var parts = line[(line.LastIndexOf('>') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return
            parts is [var seconds, ..]
            && long.TryParse(seconds, CultureInfo.InvariantCulture, out var unix)
            && unix is >= 0 and < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(unix)
            : DateTimeOffset.UnixEpoch;
    }
}
