using System.Globalization;
using System.Text.RegularExpressions;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <param name="Deliveries">How long a delivery is kept, with its body.</param>
/// <param name="Runs">How long a run is kept after its end, with all that belongs to it.</param>
public sealed record RetentionSettings(TimeSpan Deliveries, TimeSpan Runs)
{
    public static readonly RetentionSettings Default = new(TimeSpan.FromDays(30), TimeSpan.FromDays(365));
}

/// <param name="MaxBytes">All mirrors together; those that nobody used for longest go first.</param>
public sealed record MirrorSettings(long MaxBytes)
{
    public static readonly MirrorSettings Default = new(20L << 30);
}

/// <summary>How much is kept, and how long.</summary>
internal static partial class KeepingReader
{
    private const int MostDays = 36_500;
    private const long SmallestQuota = 100L << 20;
    private const long LargestQuota = 1L << 50;

    public static RetentionSettings ReadRetention(SettingReader top)
    {
        if (top.Map("retention") is not { } retention)
            return RetentionSettings.Default;
        var deliveries = ReadDays(retention, "deliveries", RetentionSettings.Default.Deliveries);
        var runs = ReadDays(retention, "runs", RetentionSettings.Default.Runs);
        RefuseEmpty(retention, "write deliveries: 30d, runs: 365d, or remove it");
        retention.RefuseOthers();
        return new RetentionSettings(deliveries, runs);
    }

    public static MirrorSettings ReadMirrors(SettingReader top)
    {
        if (top.Map("mirrors") is not { } mirrors)
            return MirrorSettings.Default;
        var bytes = mirrors.Number("max_bytes", SmallestQuota, LargestQuota);
        RefuseEmpty(mirrors, "write max_bytes: a number of bytes, or remove it");
        mirrors.RefuseOthers();
        return new MirrorSettings(bytes ?? MirrorSettings.Default.MaxBytes);
    }

    private static void RefuseEmpty(SettingReader settings, string remedy)
    {
        if (!settings.Keys.Any())
            settings.Refuse("", "is empty", remedy);
    }

    internal static TimeSpan ReadDays(SettingReader settings, string key, TimeSpan fallback)
    {
        const string remedy = "write a number of days from 1d to 36500d, e.g. 90d";
        if (settings.Find(key) is null || settings.RequiredText(key, remedy) is not { } text)
            return fallback;
        if (
            Days().IsMatch(text)
            && int.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture)
                is >= 1
                    and <= MostDays
                    and var days
        )
            return TimeSpan.FromDays(days);
        settings.Refuse(key, $"'{text}' is no number of days", remedy);
        return fallback;
    }

    [GeneratedRegex("^[0-9]{1,5}d\\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Days();
}
