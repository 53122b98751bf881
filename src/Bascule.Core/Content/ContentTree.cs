namespace Bascule.Core.Content;

public enum TreeEntryKind
{
    File,
    Executable,
    Symlink,
    Submodule,
}

/// <summary>One entry of an exact tree, read from Git objects and never from a work tree.</summary>
/// <param name="Path">Relative to the workflow's root, with <c>/</c>, without <c>.</c>, <c>..</c> or <c>.git</c> components.</param>
/// <param name="ObjectId">The blob's id in Git.</param>
/// <param name="Size">Bytes.</param>
public sealed record TreeEntry(string Path, TreeEntryKind Kind, string ObjectId, long Size);

/// <summary>The exact tree of one commit below a workflow's root.</summary>
public interface IContentTree
{
    /// <summary>Sorted by path, ordinally.</summary>
    IReadOnlyList<TreeEntry> Entries { get; }

    /// <summary>SHA-256 over every path, kind and the bytes behind it; independent of Git's own hash (THREATS T72). 64 lower-case hex digits.</summary>
    string TreeDigest { get; }

    /// <summary>SHA-256 of the entry's bytes as 64 lower-case hex digits; known without reading them again.</summary>
    string DigestOf(TreeEntry entry);

    Task<ReadOnlyMemory<byte>> ReadAsync(TreeEntry entry, CancellationToken cancellationToken);
}

/// <summary>Names what a workflow would run: root tree, workflow and resolved inputs. 64 lower-case hex digits.</summary>
public readonly record struct ContentId(string Hex)
{
    public string Short => Hex[..12];

    public override string ToString() => Hex;
}
