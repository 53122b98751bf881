using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Bascule.Cli.Features;

/// <summary>Memory that holds secrets must not be written to disk when the process, or one that it started, falls (THREATS T93).</summary>
internal static class CoreDumps
{
    private const int CoreFileSize = 4; // RLIMIT_CORE of Linux

    /// <summary>For this process and all that it starts; nobody can raise the limit again but root. Best effort: a refusal changes nothing else.</summary>
    public static bool Forbid()
    {
        var none = default(Limit);
        return SetLimit(CoreFileSize, in none) == 0;
    }

    [SuppressMessage(
        "Interoperability",
        "SYSLIB1054",
        Justification = "its arguments need no marshalling, and generated code would need unsafe blocks"
    )]
    [DllImport("libc", EntryPoint = "setrlimit", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limit
    {
        private readonly nuint _current;
        private readonly nuint _max;
    }
}
