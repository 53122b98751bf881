using Bascule.Server.Configuration;

namespace Bascule.Server.GitProxy;

/// <summary>What one request to the Git proxy may cost (THREATS T95), and all of them together.</summary>
public sealed record GitProxyOptions
{
    /// <summary>Where views live: absolute, used by this process alone.</summary>
    public required string ViewFolder { get; init; }

    /// <summary>What a fetch asks with, on the wire: wants and haves of 50 bytes each.</summary>
    public int MaxRequestBytes { get; init; } = 8 << 20;

    /// <summary>The same once it is decompressed.</summary>
    public int MaxRequestPlainBytes { get; init; } = 16 << 20;

    /// <summary>How long the client may take to send its question.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the forge may send nothing, or the client take nothing.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>One request from start to end.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Requests under way at once for one person or workload.</summary>
    public int MaxPerHolder { get; init; } = 64;

    /// <summary>Requests under way at once from one address.</summary>
    public int MaxPerAddress { get; init; } = 256;

    /// <summary>Requests that one person or workload may begin in a minute; null for as many as it likes.</summary>
    public int? MostPerMinuteOfHolder { get; init; }

    /// <summary>Requests that may begin from one address in a minute; null for as many as it likes.</summary>
    public int? MostPerMinuteOfAddress { get; init; }

    /// <summary>How many of the commits asked for an audit entry names; it counts all.</summary>
    public int MaxNamedWants { get; init; } = 100;

    /// <summary>One raw file.</summary>
    public long MaxRawBytes { get; init; } = 256L << 20;

    /// <summary>One LFS object, either way.</summary>
    public long MaxLfsBytes { get; init; } = 5L << 30;

    /// <summary>Objects of one question; git-lfs asks for a hundred.</summary>
    public int MaxLfsObjects { get; init; } = 1000;

    /// <summary>Uploads under way at once; git-lfs makes eight at a time. The next is asked to come again.</summary>
    public int MaxLfsUploads { get; init; } = 64;

    /// <summary>All uploads that are under way, together, on the disk.</summary>
    public long MaxLfsSpoolBytes { get; init; } = 20L << 30;

    /// <summary>How often the tokens of all requests under way are looked at again (THREATS T91). With what may be remembered of the answer this stays below a second.</summary>
    public TimeSpan LookAgain { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long somebody may wait for a deploy ref to move, before being told that it has not. Below what proxies bear.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How often a deploy ref is looked at while somebody waits for it.</summary>
    public TimeSpan LookAtDeployed { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Who waits in so many places does not wait in another: of what may be under way at once, enough stays for what is waited for.</summary>
    public int MaxWaitsPerHolder => MaxPerHolder / 2;

    /// <summary>All views together; beyond it those that nobody used for longest go.</summary>
    public long MaxViewBytes { get; init; } = 20L << 30;

    /// <summary>A view that was used this short a time ago stays.</summary>
    public TimeSpan ViewInUse { get; init; } = TimeSpan.FromMinutes(30);

    public static GitProxyOptions Of(GitLimits limits, string viewFolder) =>
        new()
        {
            ViewFolder = viewFolder,
            MaxRequestBytes = limits.QuestionBytes,
            MaxRequestPlainBytes = limits.QuestionUnpackedBytes,
            RequestTimeout = limits.Question,
            IdleTimeout = limits.Idle,
            Timeout = limits.Fetch,
            MaxPerHolder = limits.IdentityRequests,
            MaxPerAddress = limits.AddressRequests,
            MostPerMinuteOfHolder = limits.IdentityRequestsPerMinute,
            MostPerMinuteOfAddress = limits.AddressRequestsPerMinute,
        };
}
