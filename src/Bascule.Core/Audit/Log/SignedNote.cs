using System.Text;

namespace Bascule.Core.Audit.Log;

/// <param name="Name">Of the key.</param>
/// <param name="Payload">The key's id, four bytes, and what the key's type puts behind it.</param>
public sealed record NoteSignature(string Name, byte[] Payload)
{
    private const string Dash = "\u2014 ";

    /// <summary>With its line feed.</summary>
    public string Line => $"{Dash}{Name} {Convert.ToBase64String(Payload)}\n";

    /// <summary>Null for what is no signature line; <paramref name="line"/> without its line feed.</summary>
    public static NoteSignature? Parse(string line)
    {
        if (!line.StartsWith(Dash, StringComparison.Ordinal))
            return null;
        if (line[Dash.Length..].Split(' ') is not [var name, var material] || !NoteKey.IsName(name))
            return null;
        var bytes = new byte[material.Length];
        if (!Convert.TryFromBase64String(material, bytes, out var length) || length <= sizeof(uint))
            return null;
        // Base 64 has several spellings of the same bytes: only the one that is written counts, so that no byte of a note can be changed unseen.
        var signature = new NoteSignature(name, bytes[..length]);
        return signature.Line.AsSpan(0, signature.Line.Length - 1).SequenceEqual(line) ? signature : null;
    }
}

/// <summary>A text and the signatures under it: c2sp.org/signed-note.</summary>
/// <param name="Text">Ends in a line feed.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>Of a note in bytes, and of signatures under one; both far beyond what a checkpoint needs.</summary>
    public const int MostBytes = 64 * 1024;

    private const int MostSignatures = 100;
    private const string Separator = "\n\n";

    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Null for what is no signed note. Whether a signature is good is another question: <see cref="Opens"/>.</summary>
    public static SignedNote? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBytes)
            return null;
        try
        {
            return Parse(Strict.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    public static SignedNote? Parse(string note)
    {
        if (note.Any(letter => letter < ' ' && letter != '\n') || !note.EndsWith('\n'))
            return null;
        // The text may hold empty lines of its own: the last one ends it.
        var end = note.LastIndexOf(Separator, StringComparison.Ordinal);
        if (end < 0)
            return null;
        var lines = note[(end + Separator.Length)..].Split('\n')[..^1];
        if (lines.Length is 0 or > MostSignatures)
            return null;
        var signatures = lines.Select(NoteSignature.Parse).OfType<NoteSignature>().ToList();
        return signatures.Count == lines.Length ? new SignedNote(note[..(end + 1)], signatures) : null;
    }

    /// <summary>
    /// Whether the key's signature stands under the text. Lines of keys that nobody asks about say nothing; a line that claims to be this key's and is not
    /// makes the whole note one that does not open.
    /// </summary>
    public bool Opens(NoteKey key)
    {
        var its = Signatures.Where(signature => IsBy(signature, key)).ToList();
        return its.Count > 0 && its.TrueForAll(signature => key.Verifies(Text, signature.Payload));
    }

    /// <summary>The note with one more line; the same where it has that line already.</summary>
    public SignedNote With(NoteSignature signature) =>
        Signatures.Any(known => known.Line == signature.Line)
            ? this
            : this with
            {
                Signatures = [.. Signatures, signature],
            };

    public override string ToString() => $"{Text}\n{string.Concat(Signatures.Select(signature => signature.Line))}";

    internal static bool IsBy(NoteSignature signature, NoteKey key) =>
        signature.Name == key.Name
        && System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(signature.Payload) == key.Id;
}
