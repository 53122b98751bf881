using System.Globalization;
using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Server.GitProxy.Lfs;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>
/// Whoever sees only some refs may push a file that points to an LFS object when they have sent the object too, or when the same file is in what they see. A
/// pointer alone would open, to who sees the ref, an object of which they know nothing but the name (THREATS T88).
/// </summary>
internal sealed class PointerCheck(QuarantineGit git, LfsProofs proofs, GitPass pass)
{
    private const int Together = 20_000;

    /// <param name="files">Files of at most <see cref="LfsPointer.MaxBytes"/> that the push brings, by id.</param>
    /// <param name="listSeen">The ids of everything that the visible refs lead to, a line each.</param>
    public async Task<Problem?> CheckAsync(
        IReadOnlyCollection<string> files,
        Func<Task<Result<string>>> listSeen,
        CancellationToken cancellationToken
    )
    {
        var unshown = new Dictionary<string, LfsPointer>(StringComparer.Ordinal);
        foreach (var some in files.Chunk(Together))
        {
            var read = await git.StreamAsync(
                some,
                alone: true,
                (stream, cancel) => ReadAsync(stream, unshown, cancel),
                cancellationToken,
                "cat-file",
                "--batch"
            );
            if (read.Failed(out var problem))
                return problem;
        }
        if (unshown.Count == 0)
            return null;
        var seen = await listSeen();
        if (seen.Failed(out var unlisted))
            return unlisted;
        foreach (var line in seen.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            unshown.Remove(line[..ObjectHash.Sha1Digits]);
        return unshown.Count == 0
            ? null
            : Problem.Denied(
                $"the push points to LFS object {unshown.Values.First().Oid}, which was not sent through Bascule before; run: git lfs push --all origin, then push again"
            );
    }

    private async Task<bool> ReadAsync(
        Stream stream,
        Dictionary<string, LfsPointer> unshown,
        CancellationToken cancellationToken
    )
    {
        // One character for each byte: sizes are in bytes, and pointers are ASCII.
        using var reader = new StreamReader(stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        var file = new char[LfsPointer.MaxBytes + 1];
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (
                line.Split(' ') is not [var id, "blob", var digits]
                || !int.TryParse(digits, CultureInfo.InvariantCulture, out var size)
            )
                return false;
            if (size > LfsPointer.MaxBytes)
                return false;
            // The line's end that git puts behind it is read with it.
            if (await reader.ReadBlockAsync(file.AsMemory(0, size + 1), cancellationToken) != size + 1)
                return false;
            var pointer = LfsPointer.Read(Encoding.Latin1.GetBytes(file, 0, size));
            if (pointer is not null && !proofs.Has(pass, pointer))
                unshown[id] = pointer;
        }
        return true;
    }
}
