using System.Globalization;
using System.Text;

namespace Bascule.Core.Audit.Log;

/// <summary>A proof that one entry stands in a log, which is checked without it: c2sp.org/tlog-proof, the content of a <c>.tlog-proof</c> file.</summary>
/// <param name="Path">The sibling hashes from the leaf upward.</param>
/// <param name="Checkpoint">With its signatures, cosignatures too.</param>
public sealed record LogProof(long Index, IReadOnlyList<TreeHash> Path, SignedNote Checkpoint)
{
    /// <summary>Of a proof in bytes: more than the largest tree needs.</summary>
    public const int MostBytes = 80 * 1024;

    private const string Heading = "c2sp.org/tlog-proof@v1";
    private const string IndexWord = "index ";
    private const string ExtraWord = "extra ";
    private const int MostHashes = 64;

    /// <summary>Null for what is no proof.</summary>
    public static LogProof? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBytes)
            return null;
        var text = Encoding.UTF8.GetString(bytes);
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0 || SignedNote.Parse(Encoding.UTF8.GetBytes(text[(end + 2)..])) is not { } note)
            return null;
        var lines = text[..end].Split('\n').ToList();
        if (lines[0] != Heading)
            return null;
        // Not authenticated, so nobody may rely on it: it is read over.
        if (lines is [_, var extra, ..] && extra.StartsWith(ExtraWord, StringComparison.Ordinal))
            lines.RemoveAt(1);
        if (lines.Count < 2 || lines.Count > MostHashes + 2 || IndexOf(lines[1]) is not { } index)
            return null;
        var path = lines.Skip(2).Select(TreeHash.Parse).OfType<TreeHash>().ToList();
        return path.Count == lines.Count - 2 ? new LogProof(index, path, note) : null;
    }

    /// <summary>The checkpoint under which the entry stands. Invalid, with the reason, where it does not.</summary>
    /// <param name="key">Of the log, known from elsewhere: a proof does not name its own judge.</param>
    public Result<Checkpoint> Verify(ReadOnlySpan<byte> entry, NoteKey key)
    {
        var opened = Log.Checkpoint.Open(Checkpoint, key);
        if (opened.Failed(out var problem))
            return problem;
        var (size, root) = (opened.Value.Size, opened.Value.Root);
        return TreeProof.Includes(root, size, Index, TreeHash.OfLeaf(entry), Path)
            ? opened.Value
            : Problem.Invalid(
                $"the entry does not stand at index {Index} of the log '{opened.Value.Origin}' as its checkpoint of {size} entries has it"
            );
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(Heading).Append('\n');
        text.Append(IndexWord).Append(Index.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var hash in Path)
            text.Append(hash).Append('\n');
        return text.Append('\n').Append(Checkpoint).ToString();
    }

    private static long? IndexOf(string line)
    {
        if (!line.StartsWith(IndexWord, StringComparison.Ordinal))
            return null;
        var digits = line[IndexWord.Length..];
        return
            long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index.ToString(CultureInfo.InvariantCulture) == digits
            ? index
            : null;
    }
}
