namespace Bascule.Server.Configuration;

/// <summary>What requests to the Git proxy may cost: one, those of one identity or address, and all pushes together (THREATS T95). Each replica counts for itself.</summary>
public sealed record GitLimits
{
    /// <summary>Requests under way at once for one person or workload.</summary>
    public int IdentityRequests { get; init; } = 64;

    /// <summary>Requests under way at once from one address.</summary>
    public int AddressRequests { get; init; } = 256;

    /// <summary>Requests that one person or workload may begin in a minute; null for as many as it likes.</summary>
    public int? IdentityRequestsPerMinute { get; init; }

    /// <summary>Requests that may begin from one address in a minute; null for as many as it likes.</summary>
    public int? AddressRequestsPerMinute { get; init; }

    /// <summary>What a fetch asks with, on the wire: wants and haves of 50 bytes each.</summary>
    public int QuestionBytes { get; init; } = 8 << 20;

    /// <summary>The same once it is decompressed.</summary>
    public int QuestionUnpackedBytes { get; init; } = 16 << 20;

    /// <summary>How long a client may take to send the question of a fetch.</summary>
    public TimeSpan Question { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the forge may send nothing, or a client send or take nothing.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>One fetch from start to end.</summary>
    public TimeSpan Fetch { get; init; } = TimeSpan.FromHours(2);

    /// <summary>One push, from its first byte to the forge's answer.</summary>
    public TimeSpan Push { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Pushes under way at once.</summary>
    public int Pushes { get; init; } = 16;

    /// <summary>The pack of one push.</summary>
    public long PushBytes { get; init; } = 2L << 30;

    /// <summary>The packs of all pushes under way, together.</summary>
    public long PushesBytes { get; init; } = 8L << 30;

    /// <summary>Refs of one push.</summary>
    public int PushRefs { get; init; } = 50;

    /// <summary>Objects of one push.</summary>
    public long PushObjects { get; init; } = 2_000_000;
}
