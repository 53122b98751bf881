using System.IO.Compression;

namespace Bascule.Core.Evidence.Packing;

/// <summary>The one file: names sorted, all of one time, so that the same files give the same bytes.</summary>
internal static class PackArchive
{
    /// <summary>The first that the format can say.</summary>
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Under its name only when it is whole. Conflict where that name is taken by then.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static async Task<Result<Done>> WriteAsync(
        PackFolder folder,
        string file,
        CancellationToken cancellationToken
    )
    {
        var draft = folder.PathOf("archive");
        await WriteDraftAsync(folder, draft, cancellationToken);
        if (File.Exists(file))
            return EvidencePack.Taken(file);
        File.Move(draft, file, overwrite: false);
        return Result.Done;
    }

    private static async Task WriteDraftAsync(PackFolder folder, string draft, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            UnixCreateMode = OwnersOnly,
        };
        await using var stream = new FileStream(draft, options);
        await using (
            var archive = await ZipArchive.CreateAsync(
                stream,
                ZipArchiveMode.Create,
                leaveOpen: true,
                null,
                cancellationToken
            )
        )
        {
            foreach (var name in folder.Names)
            {
                var entry = archive.CreateEntry(name, CompressionLevel.Optimal);
                entry.LastWriteTime = Time;
                await using var target = await entry.OpenAsync(cancellationToken);
                await using var source = File.OpenRead(folder.PathOf(name));
                await source.CopyToAsync(target, cancellationToken);
            }
        }
        await stream.FlushAsync(cancellationToken);
        RandomAccess.FlushToDisk(stream.SafeFileHandle);
    }
}
