using System.Globalization;

namespace Bascule.EndToEnd.Secrets;

/// <summary>Command lines and environments of a process and all below it, as any user of the machine may see the former.</summary>
internal static class ChildProcesses
{
    /// <param name="withRoot">Whether the process itself is among them.</param>
    public static IReadOnlyList<string> LookAt(int root, bool withRoot = true)
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
                parents[id] = ParentOf(id);
        }
        return [.. parents.Keys.Where(id => (withRoot || id != root) && IsBelow(id, root, parents)).Select(Describe)];
    }

    private static bool IsBelow(int id, int root, Dictionary<int, int> parents)
    {
        for (var at = id; at > 1; at = parents.GetValueOrDefault(at))
        {
            if (at == root)
                return true;
        }
        return false;
    }

    private static int ParentOf(int id)
    {
        var stat = Read($"/proc/{id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;
    }

    private static string Describe(int id) =>
        (Read($"/proc/{id}/cmdline") + "\n" + Read($"/proc/{id}/environ")).Replace('\0', '\n');

    /// <summary>Empty when the process has gone meanwhile.</summary>
    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
