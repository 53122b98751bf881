namespace Bascule.Connectors.Git;

/// <summary>One run of git and its bounds.</summary>
/// <param name="Repository">The bare repository.</param>
/// <param name="Arguments">After <c>--git-dir</c>; passed one by one, never joined.</param>
public sealed record GitCall(string Repository, IReadOnlyList<string> Arguments)
{
    public required TimeSpan Timeout { get; init; }
    public int MaxOutput { get; init; } = 64 * 1024;

    /// <summary>A header that git sends along with every request; in the environment, never among the arguments.</summary>
    public string? ExtraHeader { get; init; }

    /// <summary>Beside those that every run has; the last of a key counts.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings { get; init; } = [];

    /// <summary>An objects folder that this run alone may read as well.</summary>
    public string? Alternate { get; init; }

    /// <summary>What the client of an upload-pack asked for, e.g. <c>version=2</c>; null for version 0.</summary>
    public string? Protocol { get; init; }

    /// <summary>A folder of this run's own, for temporary files and gpg's key ring.</summary>
    public string? Place { get; init; }
}

/// <summary>How a run of git ended.</summary>
public enum GitEnd
{
    Exited,
    TimedOut,
    Stopped,
    TooMuch,
}

/// <summary>What a run of git left behind.</summary>
/// <param name="Error">What it wrote to standard error, cut and without control characters: it may quote the forge.</param>
public sealed record GitOutput(GitEnd End, int ExitCode, byte[] Bytes, string Error)
{
    public bool Worked => End is GitEnd.Exited && ExitCode == 0;
}
