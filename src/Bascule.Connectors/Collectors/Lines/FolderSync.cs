using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Bascule.Connectors.Collectors.Lines;

/// <summary>Makes the name of a new file as durable as what is in it: fsync(2) of its folder, which the base library has no call for.</summary>
internal static class FolderSync
{
    private const int ReadOnly = 0; // O_RDONLY of Linux

    /// <exception cref="IOException">The folder cannot be written through.</exception>
    public static void Write(string folder)
    {
        var handle = Open(System.Text.Encoding.UTF8.GetBytes(folder + '\0'), ReadOnly);
        if (handle < 0)
            throw new IOException($"the folder '{folder}' cannot be opened");
        var written = Sync(handle);
        _ = Close(handle);
        if (written != 0)
            throw new IOException($"the folder '{folder}' cannot be written through");
    }

    private const string Why = "its arguments need no marshalling, and generated code would need unsafe blocks";

    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = Why)]
    [DllImport("libc", EntryPoint = "open", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = Why)]
    [DllImport("libc", EntryPoint = "fsync", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = Why)]
    [DllImport("libc", EntryPoint = "close", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
