namespace Bascule.Server.SignIn;

/// <summary>How long a session lasts. Not a setting: whoever wants less signs out, and nobody gets more.</summary>
internal static class SessionLimits
{
    /// <summary>A working day; the provider is asked again then.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    /// <summary>Without any request of a browser's session. The command line's has only the other limit: it is used by scripts and now and then.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    /// <summary>A use is stored no more often than this.</summary>
    public static readonly TimeSpan SeenStep = TimeSpan.FromMinutes(1);

    /// <summary>What is known of a session is at most this old, so that its end counts everywhere within a second (THREATS T45).</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(500);
}
