namespace Bascule.Connectors.Git;

/// <summary>Which git is run, how much memory it may take at once, and where it may go.</summary>
public sealed record GitOptions
{
    /// <summary>The executable: a name looked up in PATH once, or an absolute path. 2.36 or newer.</summary>
    public string Program { get; init; } = "git";

    /// <summary>Bytes of one allocation: what a single inflated object can cost in memory. Larger blobs are streamed.</summary>
    public long MaxObjectMemory { get; init; } = 256L << 20;

    /// <summary>Those that git may speak, e.g. <c>http</c>, <c>https</c> or <c>file</c>; every other is refused by git itself (THREATS T62).</summary>
    public required IReadOnlyList<string> Protocols { get; init; }
}
