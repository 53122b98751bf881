using System.Globalization;
using System.Net;

namespace Bascule.EndToEnd.Replicas;

/// <summary>Whose a connection on this machine is, as Linux tells it in /proc.</summary>
internal static class Connections
{
    /// <param name="settingsFile">By which the process was started.</param>
    /// <param name="from">Its own end of the connection, on 127.0.0.1.</param>
    public static bool AreOf(string settingsFile, IPEndPoint from) =>
        Inode(from) is { } inode
        && Directory
            .EnumerateDirectories("/proc")
            .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Where(folder => Read(Path.Combine(folder, "cmdline")).Split('\0').Contains(settingsFile))
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(folder, "fd")))
            .Any(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name == $"socket:[{inode}]");

    /// <summary>The tenth word of the line whose second is the address, in hexadecimal.</summary>
    private static string? Inode(IPEndPoint from)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"0100007F:{from.Port:X4}");
        return
            Read("/proc/net/tcp")
                .Split('\n')
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .FirstOrDefault(words => words.Length > 9 && words[1] == address)
                is { } found
            ? found[9]
            : null;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
