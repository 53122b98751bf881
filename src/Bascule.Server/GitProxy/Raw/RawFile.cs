using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Server.GitProxy.Lfs;
using Bascule.Server.Mirrors;

namespace Bascule.Server.GitProxy.Raw;

/// <summary>A file of a commit.</summary>
/// <param name="Blob">The id of its bytes.</param>
internal sealed record RawFile(RawPlace Place, string Blob, long Size)
{
    public string Path => string.Join('/', Place.Path);

    /// <summary>What it stands for, when it is no more than a pointer.</summary>
    public LfsPointer? Pointer { get; private init; }

    /// <summary>Of what is sent.</summary>
    public long Length => Pointer?.Size ?? Size;

    /// <summary>NotFound, and Conflict for what is there and is no file: links are not followed, not even within the repository (THREATS T65).</summary>
    public static async Task<Result<RawFile>> FindAsync(
        ObjectReader reader,
        RawPlace place,
        MirrorOptions options,
        CancellationToken cancellationToken
    )
    {
        var commit = await reader.ReadCommitAsync($"{place.Commit}", options.Trees, cancellationToken);
        if (commit.Failed(out var problem))
            return problem;
        IReadOnlyList<byte[]> parts = [.. place.Path.Select(Encoding.UTF8.GetBytes)];
        var found = await new TreeWalk(reader, options.Trees).FindAsync(commit.Value.Tree, parts, cancellationToken);
        if (found.Failed(out problem))
            return problem;
        return found.Value switch
        {
            null => RawAnswer.NotHere,
            { Kind: TreeEntryKind.File or TreeEntryKind.Executable, Id: var blob } => await ReadAsync(
                reader,
                place,
                blob,
                cancellationToken
            ),
            { Kind: TreeEntryKind.Symlink } => Refuse("a symbolic link, and links are not followed"),
            { Kind: TreeEntryKind.Submodule } => Refuse("a submodule: its files are in another repository"),
            _ => Refuse("a folder; ask for one of its files"),
        };
    }

    private static async Task<Result<RawFile>> ReadAsync(
        ObjectReader reader,
        RawPlace place,
        string blob,
        CancellationToken cancellationToken
    )
    {
        var head = (await reader.HeadsAsync([blob], cancellationToken))[0];
        if (head.Type != "blob")
            throw new MirrorDamagedException($"the file {blob} of commit {place.Commit.Short} is not there");
        var file = new RawFile(place, head.Id, head.Size);
        if (head.Size > LfsPointer.MaxBytes)
            return file;
        var read = await reader.ReadAsync("blob", [blob], LfsPointer.MaxBytes, cancellationToken);
        return read.Failed(out var problem) ? problem : file with { Pointer = LfsPointer.Read(read.Value[0]) };
    }

    private static Problem Refuse(string what) => Problem.Conflict($"what is there is {what}");
}
