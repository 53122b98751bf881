using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Bascule.Cli.Features.Dags;

/// <summary>What Linux offers for swapping a link while others read through it, and System.IO does not.</summary>
internal static class LinuxFiles
{
    private const string Reason = "its arguments need no marshalling, and generated code would need unsafe blocks";

    /// <summary>rename(2): whoever looks at <paramref name="target"/> sees the former or the new one, and never none. A link is replaced itself, not what it leads to.</summary>
    /// <exception cref="IOException">It was not done; the message has the number of the error.</exception>
    public static void Replace(string source, string target)
    {
        if (Rename(Bytes(source), Bytes(target)) != 0)
            throw new IOException($"'{target}' cannot be replaced: error {Marshal.GetLastPInvokeError()} of rename");
    }

    /// <summary>syncfs(2): what was written to the file system before is on the disk when this returns. One call however many files there are.</summary>
    /// <param name="file">Any open one of that file system.</param>
    /// <exception cref="IOException">The disk reports a fault.</exception>
    public static void Settle(SafeFileHandle file)
    {
        if (SyncFileSystem((int)file.DangerousGetHandle()) != 0)
            throw new IOException($"the disk takes no more: error {Marshal.GetLastPInvokeError()} of syncfs");
    }

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path + '\0');

    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = Reason)]
    [DllImport("libc", EntryPoint = "rename", ExactSpelling = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(byte[] source, byte[] target);

    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = Reason)]
    [DllImport("libc", EntryPoint = "syncfs", ExactSpelling = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncFileSystem(int file);
}
