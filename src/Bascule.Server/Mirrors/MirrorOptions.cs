using Bascule.Connectors.Git;
using Bascule.Connectors.Outbound;

namespace Bascule.Server.Mirrors;

/// <summary>Where mirrors live and what a forge may make them cost (THREATS T70). What exceeds a bound is refused, and the mirror stays usable.</summary>
public sealed record MirrorOptions
{
    /// <summary>The folder that holds <c>&lt;forge uid&gt;/&lt;repository id&gt;.git</c>; absolute. Only one process may use it.</summary>
    public required string Folder { get; init; }

    /// <summary>The git executable: a name looked up in PATH once, or an absolute path. 2.36 or newer.</summary>
    public string Git { get; init; } = "git";

    /// <summary>Checks SSH signatures; a name looked up in PATH, or an absolute path.</summary>
    public string SshKeygen { get; init; } = "ssh-keygen";

    /// <summary>Checks OpenPGP signatures; a name looked up in PATH, or an absolute path.</summary>
    public string Gpg { get; init; } = "gpg";

    /// <summary>One fetch or listing, from start to end.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long the forge may send nothing.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>One question to the mirror on disk.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Object readers that nobody used for this long end.</summary>
    public TimeSpan ReaderIdle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What the forge may send in one fetch.</summary>
    public long MaxPackBytes { get; init; } = 1L << 30;

    /// <summary>A mirror that has grown beyond this is made anew before its next fetch.</summary>
    public long MaxMirrorBytes { get; init; } = 4L << 30;

    /// <summary>All mirrors together. Beyond it, those that nobody used for longest are emptied; losing one costs a fetch.</summary>
    public long MaxBytes { get; init; } = 20L << 30;

    /// <summary>A mirror that was used this short a time ago is in use: a step that reads it may be at work.</summary>
    public TimeSpan InUse { get; init; } = TimeSpan.FromHours(1);

    /// <summary>More packs than this are joined before the next fetch: each one costs every lookup.</summary>
    public int MaxPacks { get; init; } = 60;

    /// <summary>Objects in one pack.</summary>
    public long MaxObjects { get; init; } = 2_000_000;

    /// <summary>The forge's list of refs.</summary>
    public long MaxListingBytes { get; init; } = 32L << 20;

    public int MaxRefs { get; init; } = 50_000;

    /// <summary>One allocation of git: what a single inflated object can cost in memory. Larger blobs are streamed.</summary>
    public long MaxObjectMemory { get; init; } = 256L << 20;

    /// <summary>Files and folders below a workflow's root, or met by a comparison.</summary>
    public int MaxTreeEntries { get; init; } = 100_000;

    public int MaxTreeDepth { get; init; } = 64;

    /// <summary>One tree or commit object.</summary>
    public int MaxTreeObjectBytes { get; init; } = 16 << 20;

    /// <summary>One file.</summary>
    public long MaxBlobBytes { get; init; } = 256L << 20;

    /// <summary>All files below a workflow's root together.</summary>
    public long MaxTreeBytes { get; init; } = 2L << 30;

    /// <summary>Null for the system's.</summary>
    public NameResolver? Resolver { get; init; }

    /// <summary>How git runs here: it speaks to our relay on loopback alone, and the relay speaks https to the forge.</summary>
    internal GitOptions Running =>
        new()
        {
            Program = Git,
            MaxObjectMemory = MaxObjectMemory,
            Protocols = ["http"],
        };

    /// <summary>The same bounds as those who read a tree take them.</summary>
    internal TreeLimits Trees => new(MaxTreeEntries, MaxTreeDepth, MaxTreeObjectBytes);
}
