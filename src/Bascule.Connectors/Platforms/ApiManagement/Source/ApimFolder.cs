namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>Where the files of a service are, and for which environment they are read.</summary>
/// <param name="Path">In the repository; empty for all of it.</param>
/// <param name="Environment">Names the file of overrides, <c>configuration.NAME.yaml</c>; null for none.</param>
public sealed record ApimFolder(string Path = "", string? Environment = null)
{
    public ApimSourceLimits Limits { get; init; } = new();

    /// <summary>The path in the repository of a file below the folder.</summary>
    internal string PlaceOf(string path) =>
        Path.Length == 0 ? path
        : path.Length == 0 ? Path
        : $"{Path}/{path}";

    /// <summary>The path below the folder; null for what lies elsewhere.</summary>
    internal string? Below(string path) =>
        Path.Length == 0 ? path
        : path.StartsWith(Path + "/", StringComparison.Ordinal) ? path[(Path.Length + 1)..]
        : null;
}

/// <summary>How much is read. All three are checked before the first byte is.</summary>
public sealed record ApimSourceLimits
{
    /// <summary>Files below the folder, of whatever kind.</summary>
    public int Files { get; init; } = 5_000;

    /// <summary>Bytes of one file.</summary>
    public int FileBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of all files that are read.</summary>
    public long TotalBytes { get; init; } = 64L << 20;

    /// <summary>Values of one document.</summary>
    public int Nodes { get; init; } = 200_000;

    /// <summary>Levels of one document.</summary>
    public int Depth { get; init; } = 100;
}
