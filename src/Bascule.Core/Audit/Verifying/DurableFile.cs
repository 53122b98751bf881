using System.Runtime.InteropServices;

namespace Bascule.Core.Audit.Verifying;

/// <summary>Files that are whole, and on the disk, before anybody acts on what is in them.</summary>
public static partial class DurableFile
{
    private const string Library = "libc";
    private const int ReadOnlyFolder = 0x10000; // O_RDONLY | O_DIRECTORY of Linux on x64

    /// <summary>The file has the old bytes or the new ones, never a part; when this returns, the new ones, whatever happens to the machine.</summary>
    /// <param name="mode">Of a new file; null for what the process gives to its files.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, UnixFileMode? mode = null)
    {
        var draft = $"{path}.partial";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        };
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>A new name is on the disk only when its folder is; the base library opens no folders.</summary>
    private static void SyncFolder(string folder)
    {
        var handle = Open(folder, ReadOnlyFolder);
        if (handle < 0)
            throw new IOException($"'{folder}' cannot be opened: error {Marshal.GetLastPInvokeError()}");
        var failed = Sync(handle) != 0;
        _ = Close(handle);
        if (failed)
            throw new IOException($"'{folder}' cannot be written through to the disk");
    }

    [LibraryImport(Library, EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Sync(int handle);

    [LibraryImport(Library, EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Close(int handle);
}
