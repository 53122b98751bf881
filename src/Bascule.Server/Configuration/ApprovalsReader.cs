using System.Globalization;
using System.Text.RegularExpressions;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads who has to say yes before something runs in an environment. Nothing here has a default that lets more in.</summary>
internal static partial class ApprovalsReader
{
    private const int MostPeople = 20;
    private const int MostDays = 90;
    private const string WithinRemedy = "write minutes, hours or days, e.g. 72h, at most 90d";
    private const string FreshRemedy = "write minutes or hours from 1m to 24h, e.g. 10m";
    private const string FromRemedy = "list who may approve, e.g. [\"group:ml-leads\"]";
    private const string HoursRemedy = "write two times in quotes, e.g. \"08:00-18:00\"";
    private const string DaysRemedy = "list mon, tue, wed, thu, fri, sat, sun";

    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>Null when the environment asks for no approval; what is wrong is in the reader.</summary>
    public static ApprovalPolicy? Read(SettingReader environment)
    {
        if (environment.Map("approvals") is not { } approvals)
            return null;
        if (approvals.Find("required") is null)
            approvals.Refuse("required", "is missing", "write how many people have to approve, e.g. 1");
        var required = approvals.Number("required", 1, MostPeople);
        var policy = new ApprovalPolicy((int?)required ?? 1, ReadFrom(approvals))
        {
            Within = ReadTime(
                approvals,
                "within",
                ApprovalPolicy.DefaultWithin,
                TimeSpan.FromDays(MostDays),
                WithinRemedy
            ),
            Fresh = ReadTime(approvals, "fresh", ApprovalPolicy.DefaultFresh, TimeSpan.FromHours(24), FreshRemedy),
            Window = ReadWindow(approvals),
            ForgeReviews = approvals.Flag("forge_reviews"),
            BreakGlass = approvals.Flag("break_glass"),
        };
        approvals.RefuseOthers();
        return policy;
    }

    /// <summary>Whether only proven content runs there. Without approvals beside it, a signature alone proves it.</summary>
    public static bool ReadProven(SettingReader environment)
    {
        if (environment.Find("assurance") is null)
            return false;
        const string remedy = "write assurance: proven, or remove it";
        var word = environment.RequiredText("assurance", remedy);
        if (word is not (null or "proven"))
            environment.Refuse("assurance", $"is '{word}', which is not known", remedy);
        return word == "proven";
    }

    private static List<Selector> ReadFrom(SettingReader approvals)
    {
        List<Selector> selectors = [];
        foreach (var text in approvals.RequiredTexts("from", FromRemedy))
        {
            var selector = Selector.Parse(text);
            if (selector.Failed(out var problem))
                approvals.Refuse("from", $"holds something else: {problem.Message}", FromRemedy);
            else
                selectors.Add(selector.Value);
        }
        return selectors;
    }

    internal static TimeSpan ReadTime(
        SettingReader settings,
        string key,
        TimeSpan fallback,
        TimeSpan most,
        string remedy
    )
    {
        if (settings.Find(key) is null || settings.RequiredText(key, remedy) is not { } text)
            return fallback;
        if (Time().Match(text) is { Success: true } match)
        {
            var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            var time = match.Groups["unit"].Value switch
            {
                "m" => TimeSpan.FromMinutes(number),
                "h" => TimeSpan.FromHours(number),
                _ => TimeSpan.FromDays(number),
            };
            if (time >= TimeSpan.FromMinutes(1) && time <= most)
                return time;
        }
        settings.Refuse(key, $"is '{text}', which is no such time", remedy);
        return fallback;
    }

    private static ApprovalWindow? ReadWindow(SettingReader approvals)
    {
        if (approvals.Map("window") is not { } window)
            return null;
        var days = ReadDays(window);
        var (from, to) = ReadHours(window);
        var zone = ReadZone(window);
        if (!window.Keys.Any())
            window.Refuse("", "is empty", "write days and hours, or remove it");
        window.RefuseOthers();
        return new ApprovalWindow(days, from, to, zone);
    }

    private static HashSet<DayOfWeek> ReadDays(SettingReader window)
    {
        if (window.Find("days") is null)
            return [.. Enum.GetValues<DayOfWeek>()];
        var days = new HashSet<DayOfWeek>();
        foreach (var text in window.RequiredTexts("days", DaysRemedy))
        {
            if (Array.IndexOf(DayNames, text) is >= 0 and var day)
                days.Add((DayOfWeek)day);
            else
                window.Refuse("days", $"holds '{text}', which is no day", DaysRemedy);
        }
        return days;
    }

    private static (TimeOnly From, TimeOnly To) ReadHours(SettingReader window)
    {
        if (window.Find("hours") is null || window.RequiredText("hours", HoursRemedy) is not { } text)
            return (TimeOnly.MinValue, TimeOnly.MinValue);
        if (Hours().IsMatch(text))
        {
            var from = TimeOnly.ParseExact(text[..5], "HH:mm", CultureInfo.InvariantCulture);
            var to = TimeOnly.ParseExact(text[6..], "HH:mm", CultureInfo.InvariantCulture);
            if (from != to)
                return (from, to);
        }
        window.Refuse("hours", $"is '{text}', which are no hours", HoursRemedy);
        return (TimeOnly.MinValue, TimeOnly.MinValue);
    }

    private static TimeZoneInfo ReadZone(SettingReader window)
    {
        const string remedy = "write e.g. Europe/Berlin";
        if (window.Find("zone") is null || window.RequiredText("zone", remedy) is not { } name)
            return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
            return zone;
        window.Refuse("zone", $"names '{name}', which this server does not know", remedy);
        return TimeZoneInfo.Utc;
    }

    [GeneratedRegex("^(?<number>[1-9][0-9]{0,4})(?<unit>[mhd])\\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Time();

    [GeneratedRegex(
        "^(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:[01][0-9]|2[0-3]):[0-5][0-9]\\z",
        RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex Hours();
}
