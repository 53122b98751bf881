using Bascule.Core;

namespace Bascule.Server.Audit;

/// <summary>
/// Holds the entries of safety acts on disk while the audit log cannot be written (THREATS T116). The file has its full size from the start, so that a full
/// disk does not refuse it; each change is written through before it is answered. Every operation reads the file anew: it is rare, and nothing is kept in memory.
/// </summary>
/// <remarks>One line an entry: a mark, the entry's bytes (canonical JSON has no line break), a line feed. Zeros follow the last one.</remarks>
/// <param name="path">Mode 0600; in the data folder of this replica.</param>
/// <param name="maxEntries">How many it takes before it is full.</param>
/// <param name="maxBytes">How large its file is, from the start.</param>
public sealed class AuditSpool(string path, int maxEntries = AuditSpool.MaxEntries, int maxBytes = AuditSpool.MaxBytes)
{
    public const string FileName = "audit.spool";
    public const int MaxEntries = 1000;
    public const int MaxBytes = 1024 * 1024;
    private const byte Waiting = (byte)'+';
    private const byte Removed = (byte)'-';
    private const byte LineEnd = (byte)'\n';
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Lock _gate = new();
    private volatile bool _mayHold = true;

    /// <summary>Makes the file, while there is still room for it.</summary>
    public Result<Done> Prepare() => Change(_ => Result.Done);

    /// <summary>Returns once the entry is on disk. Unavailable when the spool is full or cannot be written: the caller must not act.</summary>
    public Result<Done> Append(ReadOnlyMemory<byte> entry) =>
        Change(file =>
        {
            var lines = Read(file);
            var end = lines.Count == 0 ? 0 : lines[^1].Next;
            if (lines.Count >= maxEntries || end + entry.Length + 2 > maxBytes)
                return Problem.Unavailable(
                    $"'{path}' is full: {lines.Count} entries wait for the audit log; repair the database, then they go there"
                );
            // Zeros up to the end: nothing of a line that a crash cut off stays behind this one.
            var rest = new byte[maxBytes - end];
            rest[0] = Waiting;
            entry.Span.CopyTo(rest.AsSpan(1));
            rest[entry.Length + 1] = LineEnd;
            Write(file, end, rest);
            _mayHold = true;
            return Result.Done;
        });

    /// <summary>What waits, in the order in which it came. Empty, too, when the file cannot be read.</summary>
    public IReadOnlyList<SpooledEntry> ReadWaiting()
    {
        if (!_mayHold)
            return [];
        var waiting = new List<SpooledEntry>();
        var read = Change(file =>
        {
            waiting.AddRange(Read(file).Where(line => line.Waits).Select(line => line.Entry));
            _mayHold = waiting.Count > 0;
            return Result.Done;
        });
        return read.Failed(out _) ? [] : waiting;
    }

    /// <summary>The entry is in the audit log. With the last one the file is empty again.</summary>
    public Result<Done> Remove(SpooledEntry entry) =>
        Change(file =>
        {
            Write(file, entry.Place, [Removed]);
            if (!Read(file).Exists(line => line.Waits))
                Write(file, 0, new byte[maxBytes]);
            return Result.Done;
        });

    private Result<Done> Change(Func<FileStream, Result<Done>> change)
    {
        lock (_gate)
        {
            try
            {
                using var file = Open();
                return change(file);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return Problem.Unavailable($"'{path}' cannot be used: {failure.Message}");
            }
        }
    }

    private FileStream Open()
    {
        var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OwnerOnly,
            }
        );
        try
        {
            File.SetUnixFileMode(file.SafeFileHandle, OwnerOnly);
            if (file.Length < maxBytes)
                Write(file, (int)file.Length, new byte[maxBytes - file.Length]);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void Write(FileStream file, int place, byte[] bytes)
    {
        file.Position = place;
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Up to the first line that is not whole: a crash cut it off, so nobody was told that it is kept.</summary>
    private List<Line> Read(FileStream file)
    {
        var content = new byte[maxBytes];
        file.Position = 0;
        file.ReadExactly(content);
        var lines = new List<Line>();
        for (var place = 0; place < maxBytes && content[place] is Waiting or Removed; )
        {
            var length = content.AsSpan(place).IndexOfAny(LineEnd, (byte)0);
            if (length < 0 || content[place + length] != LineEnd)
                break;
            var entry = new SpooledEntry(place, content.AsMemory(place + 1, length - 1));
            lines.Add(new Line(entry, content[place] == Waiting, place + length + 1));
            place += length + 1;
        }
        return lines;
    }

    private sealed record Line(SpooledEntry Entry, bool Waits, int Next);
}

/// <param name="Place">Where its line begins in the file.</param>
public sealed record SpooledEntry(int Place, ReadOnlyMemory<byte> Entry);
