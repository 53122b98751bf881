using System.Text;
using Bascule.Core;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Connectors.Collectors.Lines;

/// <summary>
/// JSON lines at the end of a file, acknowledged once they are on disk. The file is opened by its name for each batch: whoever rotates by renaming loses no
/// line, and needs to tell nobody.
/// </summary>
/// <param name="path">Absolute. Made with mode 0600 when it is not there; its folder must be.</param>
internal sealed class FileCollector(string path) : ICollector
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Kind => "file";

    public string Target => path;

    public int MaxEntries => 1000;

    public int MaxBytes => 2 * 1024 * 1024;

    public Task<Sent> SendAsync(IReadOnlyList<ShippedEntry> batch, CancellationToken cancellationToken) =>
        Task.Run(() => Append(batch), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Sent Append(IReadOnlyList<ShippedEntry> batch)
    {
        try
        {
            var isNew = !File.Exists(path);
            using (var file = Open())
                Append(file, batch);
            if (isNew)
                FolderSync.Write(Path.GetDirectoryName(path)!);
            return new Sent.Acknowledged();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new Sent.Unknown(Problem.Unavailable($"'{path}' cannot be written: {problem.Message}"));
        }
    }

    /// <summary>Nobody else may write it meanwhile: another replica with the same file would write over the end.</summary>
    private FileStream Open() =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OwnerOnly,
                BufferSize = 0,
            }
        );

    private static void Append(FileStream file, IReadOnlyList<ShippedEntry> batch)
    {
        var end = file.Length;
        var lines = new StringBuilder();
        // A line that a crash cut off stays as it is, on a line of its own; its entry was not acknowledged and comes again.
        if (end > 0 && !EndsWithLine(file, end))
            lines.Append('\n');
        foreach (var entry in batch)
            lines.Append(EntryLine.Of(entry)).Append('\n');
        file.Position = end;
        try
        {
            file.Write(Encoding.UTF8.GetBytes(lines.ToString()));
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            TakeBack(file, end);
            throw;
        }
    }

    private static bool EndsWithLine(FileStream file, long end)
    {
        file.Position = end - 1;
        return file.ReadByte() == '\n';
    }

    /// <summary>What a full disk let in of the batch goes away again, so that no half line stands there.</summary>
    private static void TakeBack(FileStream file, long end)
    {
        try
        {
            file.SetLength(end);
        }
        catch (IOException)
        {
            // Then the next batch begins a line of its own.
        }
    }
}
