using Bascule.Connectors.Git;
using Bascule.Core.Forges;

namespace Bascule.Cli.Features.Dags;

/// <summary>What a folder follows, and what that may cost.</summary>
internal sealed record FollowOptions
{
    public const int DefaultKeep = 3;

    /// <summary>Absolute.</summary>
    public required string Folder { get; init; }

    public required FollowedAddress Address { get; init; }

    /// <summary>A branch in full.</summary>
    public required RefName Ref { get; init; }

    /// <summary>How many versions stay, the current one among them.</summary>
    public int Keep { get; init; } = DefaultKeep;

    /// <summary>From the end of one look at the branch to the beginning of the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>PEM certificates to trust instead of the system's; null for the system's.</summary>
    public string? Ca { get; init; }

    /// <summary>One list of refs.</summary>
    public TimeSpan ListTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>One fetch, the first of a large repository too.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromMinutes(10);

    public TreeLimits Trees { get; init; } = new();

    /// <summary>Bytes of one file.</summary>
    public long MaxFileBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of all files of a version together.</summary>
    public long MaxVersionBytes { get; init; } = 1L << 30;

    /// <summary>Bytes that one fetch may bring.</summary>
    public long MaxPackBytes { get; init; } = 1L << 30;
}
