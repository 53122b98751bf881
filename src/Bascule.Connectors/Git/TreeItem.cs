using System.Diagnostics.CodeAnalysis;
using System.Text;
using Bascule.Core.Content;

namespace Bascule.Connectors.Git;

/// <summary>One line of a tree object. <see cref="Kind"/> is null for a folder.</summary>
/// <param name="Name">The bytes that git stores, which need not be text.</param>
public sealed record TreeItem(TreeEntryKind? Kind, byte[] Name, string Id)
{
    public bool IsFolder => Kind is null;

    /// <summary>For filters and messages; bytes that are not UTF-8 become U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Name);

    public bool IsSame(TreeItem other) => Kind == other.Kind && Id == other.Id;

    /// <summary>Reads a tree object (gitformat: mode, space, name, NUL, binary id); null when it is not one.</summary>
    [SuppressMessage("Design", "CA1002", Justification = "made here, and the caller's own")]
    public static List<TreeItem>? Parse(ReadOnlySpan<byte> tree, int idBytes)
    {
        var items = new List<TreeItem>();
        while (!tree.IsEmpty)
        {
            var space = tree.IndexOf((byte)' ');
            var nul = tree.IndexOf((byte)0);
            if (space < 0 || nul <= space + 1 || tree.Length < nul + 1 + idBytes)
                return null;
            var (known, kind) = Mode(tree[..space]);
            if (!known)
                return null;
            var id = Convert.ToHexStringLower(tree.Slice(nul + 1, idBytes));
            items.Add(new TreeItem(kind, tree[(space + 1)..nul].ToArray(), id));
            tree = tree[(nul + 1 + idBytes)..];
        }
        return items;
    }

    private static (bool Known, TreeEntryKind? Kind) Mode(ReadOnlySpan<byte> mode) =>
        mode.SequenceEqual("40000"u8) ? (true, null)
        : mode.SequenceEqual("100644"u8) || mode.SequenceEqual("100664"u8) ? (true, TreeEntryKind.File)
        : mode.SequenceEqual("100755"u8) ? (true, TreeEntryKind.Executable)
        : mode.SequenceEqual("120000"u8) ? (true, TreeEntryKind.Symlink)
        : mode.SequenceEqual("160000"u8) ? (true, TreeEntryKind.Submodule)
        : (false, null);
}
