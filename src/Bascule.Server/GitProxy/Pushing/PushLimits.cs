using Bascule.Core.Pushes;
using Bascule.Server.Configuration;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>Where pushes wait while they are judged, and what one may cost (THREATS T95).</summary>
internal sealed record PushLimits
{
    /// <summary>Holds nothing but pushes under way: it is emptied at start. Absolute.</summary>
    public required string Folder { get; init; }

    public PushSettings Settings { get; init; } = new();

    /// <summary>One pack.</summary>
    public long MaxPackBytes { get; init; } = 2L << 30;

    /// <summary>All packs that are under way, together.</summary>
    public long MaxSpoolBytes { get; init; } = 8L << 30;

    /// <summary>Pushes under way at once; the next is asked to come again.</summary>
    public int MaxPushes { get; init; } = 16;

    /// <summary>Refs of one push, so that its entry fits into the audit log.</summary>
    public int MaxRefs { get; init; } = 50;

    /// <summary>Objects of one push.</summary>
    public long MaxObjects { get; init; } = 2_000_000;

    /// <summary>How long a client, or the forge, may send nothing.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>One push, from its first byte to the forge's answer.</summary>
    public TimeSpan Whole { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long git is kept waiting for the plan of what it pushed.</summary>
    public TimeSpan Planning { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long somebody may wait for their runs, who asks to; never longer than their token lasts.</summary>
    public TimeSpan Waiting { get; init; } = TimeSpan.FromHours(6);

    /// <summary>After so long without a word something is sent, so that nothing on the way takes the connection for a dead one.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What one run of git may take to look at a push.</summary>
    public TimeSpan Looking { get; init; } = TimeSpan.FromMinutes(10);

    public static PushLimits Of(GitLimits limits, string folder, PushSettings settings) =>
        new()
        {
            Folder = folder,
            Settings = settings,
            MaxPackBytes = limits.PushBytes,
            MaxSpoolBytes = limits.PushesBytes,
            MaxPushes = limits.Pushes,
            MaxRefs = limits.PushRefs,
            MaxObjects = limits.PushObjects,
            Idle = limits.Idle,
            Whole = limits.Push,
        };
}
