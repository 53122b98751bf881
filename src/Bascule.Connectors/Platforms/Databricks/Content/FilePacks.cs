using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <param name="Id">SHA-256 over what is in it (digest, mode and path of each file), so that it is known without reading or zipping a byte.</param>
internal sealed record FilePack(string Id, IReadOnlyList<TreeEntry> Files)
{
    public string Name => $"{Id}.zip";
}

/// <summary>
/// Puts files into packs by the hash of their path, so that a changed file changes its own pack and no other (ADR 4). A pack that would be too
/// large is split by the next bit of the hash, and its neighbours never notice.
/// </summary>
internal static class FilePacks
{
    private const int MostFiles = 32;
    private const long MostBytes = 4 * 1024 * 1024;
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero); // the oldest that zip can say

    public static IReadOnlyList<FilePack> Of(IReadOnlyList<TreeEntry> files, IContentTree tree)
    {
        var packs = new List<FilePack>();
        Split([.. files.Select(file => (Hash(file.Path), file))], 0, tree, packs);
        return packs;
    }

    public static async Task<byte[]> ZipAsync(FilePack pack, IContentTree tree, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var file in pack.Files)
            {
                var entry = zip.CreateEntry(file.Path, CompressionLevel.Fastest);
                entry.LastWriteTime = NoTime;
                using var stream = await entry.OpenAsync(cancellationToken);
                await stream.WriteAsync(await tree.ReadAsync(file, cancellationToken), cancellationToken);
            }
        return bytes.ToArray();
    }

    private static void Split(
        List<(byte[] Hash, TreeEntry File)> files,
        int depth,
        IContentTree tree,
        List<FilePack> packs
    )
    {
        var fits = files.Count <= MostFiles && files.Sum(item => item.File.Size) <= MostBytes;
        if (fits || files.Count == 1)
        {
            if (files.Count > 0)
                packs.Add(Pack([.. files.Select(item => item.File)], tree));
            return;
        }
        Split([.. files.Where(item => !Bit(item.Hash, depth))], depth + 1, tree, packs);
        Split([.. files.Where(item => Bit(item.Hash, depth))], depth + 1, tree, packs);
    }

    private static FilePack Pack(List<TreeEntry> files, IContentTree tree)
    {
        files.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        var text = new StringBuilder("bascule pack 1\n");
        foreach (var file in files)
            text.Append(tree.DigestOf(file)).Append(IsExecutable(file) ? " x " : " - ").Append(file.Path).Append('\n');
        return new FilePack(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))), files);
    }

    private static byte[] Hash(string path) => SHA256.HashData(Encoding.UTF8.GetBytes(path));

    private static bool Bit(byte[] hash, int depth) => (hash[depth / 8] & (0x80 >> (depth % 8))) != 0;

    private static bool IsExecutable(TreeEntry file) => file.Kind == TreeEntryKind.Executable;
}
