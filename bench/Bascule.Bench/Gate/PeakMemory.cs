using System.Globalization;

namespace Bascule.Bench.Gate;

/// <summary>The most memory that a process had resident at once, as the kernel counts it (proc(5), VmHWM).</summary>
internal static class PeakMemory
{
    private const string Line = "VmHWM:";

    public static double ReadMegabytes(int process)
    {
        var text = File.ReadLines($"/proc/{process}/status")
            .First(line => line.StartsWith(Line, StringComparison.Ordinal));
        var kilobytes = text[Line.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024;
    }
}
