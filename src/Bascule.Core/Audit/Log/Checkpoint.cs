using System.Globalization;

namespace Bascule.Core.Audit.Log;

/// <summary>What a log says of itself at one size: c2sp.org/tlog-checkpoint, without extension lines.</summary>
/// <param name="Origin">Which log: its address without scheme.</param>
public sealed record Checkpoint(string Origin, long Size, TreeHash Root)
{
    private const int Lines = 3;

    /// <summary>What is signed.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root}\n");

    /// <summary>Null for what is no checkpoint. Extension lines of others are read over; they are signed with the text all the same.</summary>
    public static Checkpoint? Parse(SignedNote note)
    {
        var lines = note.Text.Split('\n')[..^1];
        if (lines.Length < Lines || lines.Any(line => line.Length == 0) || !NoteKey.IsName(lines[0]))
            return null;
        if (!long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            return null;
        if (size.ToString(CultureInfo.InvariantCulture) != lines[1] || TreeHash.Parse(lines[2]) is not { } root)
            return null;
        return new Checkpoint(lines[0], size, root);
    }

    /// <summary>The checkpoint of a note that the key has signed. Invalid, with the reason, for any other.</summary>
    public static Result<Checkpoint> Open(SignedNote note, NoteKey key)
    {
        if (Parse(note) is not { } checkpoint)
            return Problem.Invalid("this is no checkpoint: it has no origin, size and root, one a line");
        if (checkpoint.Origin != key.Name)
            return Problem.Invalid($"this checkpoint is of the log '{checkpoint.Origin}', and the key of '{key.Name}'");
        return note.Opens(key)
            ? checkpoint
            : Problem.Invalid(
                $"the checkpoint of '{checkpoint.Origin}' at {checkpoint.Size} entries is not signed by the key {key}: the log is another one, or somebody changed it"
            );
    }
}
