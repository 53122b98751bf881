using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Content;

namespace Bascule.Cli.Features.Trees;

/// <summary>Files that were read from this machine, as what reads a commit takes them.</summary>
internal sealed class LocalTree : IContentTree
{
    private readonly Dictionary<string, LocalFile> _files;

    public LocalTree(IReadOnlyList<LocalFile> files)
    {
        _files = files.ToDictionary(file => file.Path);
        Entries =
        [
            .. files
                .OrderBy(file => file.Path, StringComparer.Ordinal)
                .Select(file => new TreeEntry(file.Path, file.Kind, "", file.Size)),
        ];
    }

    public IReadOnlyList<TreeEntry> Entries { get; }

    public string TreeDigest =>
        Digest(
            Encoding.UTF8.GetBytes(
                string.Concat(Entries.Select(entry => $"{entry.Kind} {DigestOf(entry)} {entry.Path}\0"))
            )
        );

    public string DigestOf(TreeEntry entry) => Digest((_files[entry.Path].Bytes ?? default).Span);

    /// <summary>Whoever reads has looked at the sizes before, by the same limits.</summary>
    public Task<ReadOnlyMemory<byte>> ReadAsync(TreeEntry entry, CancellationToken cancellationToken) =>
        Task.FromResult(
            _files[entry.Path].Bytes ?? throw new InvalidOperationException($"'{entry.Path}' is beyond the limits")
        );

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
