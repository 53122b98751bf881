using System.Text;

namespace Bascule.Server.Tests.Mirrors;

/// <summary>What the machine can see of running processes.</summary>
internal static class Processes
{
    /// <summary>Those that work in a folder or were told of it, however they came to be.</summary>
    public static List<int> Of(string folder) =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(Path.GetFileName)
                .Where(name => int.TryParse(name, out var id) && id != Environment.ProcessId)
                .Select(name => int.Parse(name!, null))
                .Where(id => Works(id, folder)),
        ];

    /// <summary>Arguments and environment.</summary>
    public static IEnumerable<string> WhatItShows(int id) => new[] { Read(id, "cmdline"), Read(id, "environ") };

    public static async Task WaitForNoneAsync(string folder)
    {
        for (var left = 200; left > 0 && Of(folder).Count > 0; left--)
            await Task.Delay(25);
        Of(folder).ShouldBeEmpty();
    }

    private static bool Works(int id, string folder) =>
        Read(id, "cmdline").Contains(folder, StringComparison.Ordinal) || Folder(id) == folder;

    private static string? Folder(int id)
    {
        try
        {
            return new FileInfo($"/proc/{id}/cwd").LinkTarget;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Read(int id, string what)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{what}", Encoding.Latin1);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
