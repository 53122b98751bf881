using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads an environment's <c>drift</c>: how often its platform is compared with what was deployed there.</summary>
internal static class DriftReader
{
    private const string Remedy =
        "write a number with m, h or d, e.g. 1h, from 5m to 7d, or never; remove drift for every hour";

    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>Null for never; every hour where nothing is said and the platform can tell.</summary>
    /// <param name="promotes">Whether models are promoted there: where an alias leads is something that each such platform tells.</param>
    public static TimeSpan? Read(SettingReader settings, IPlatform platform, bool promotes)
    {
        var canTell = platform is IFindsDrift || promotes;
        if (settings.Map("drift") is not { } drift)
            return canTell ? Usual : null;
        if (!canTell)
            settings.Refuse("drift", $"is nothing that a platform of kind {platform.Kind} can tell", "remove it");
        var every = ReadEvery(drift);
        drift.RefuseOthers();
        return canTell ? every : null;
    }

    private static TimeSpan? ReadEvery(SettingReader drift)
    {
        if (drift.RequiredText("every", Remedy) is not { } text || text == "never")
            return null;
        var every = ApprovalsReader.ReadTime(drift, "every", Usual, Longest, Remedy);
        if (every < Shortest)
            drift.Refuse("every", $"is '{text}', which is more often than every 5 minutes", Remedy);
        return every;
    }
}
