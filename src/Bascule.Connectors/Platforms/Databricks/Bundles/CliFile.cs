namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>The file of the Databricks CLI that an operator installed. Whoever can change it could run what they like with the tokens of runs.</summary>
internal static class CliFile
{
    private const UnixFileMode Executes =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Why it is not run, as a sentence about it goes on; null when it may be.</summary>
    public static string? FaultOf(string path)
    {
        if (!Path.IsPathFullyQualified(path))
            return "is not an absolute path";
        try
        {
            if (!File.Exists(path))
                return "is not a file";
            var file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            if (OperatingSystem.IsWindows())
                return null;
            var mode = File.GetUnixFileMode(file);
            if ((mode & Executes) == UnixFileMode.None)
                return "cannot be executed";
            if ((mode & OthersWrite) != UnixFileMode.None)
                return "can be changed by its group or by everybody";
            return (File.GetUnixFileMode(Path.GetDirectoryName(file)!) & UnixFileMode.OtherWrite) == UnixFileMode.None
                ? null
                : "is in a folder that everybody can write to";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "cannot be looked at";
        }
    }
}
