using System.Diagnostics.CodeAnalysis;
using Quartz;

namespace Bascule.Server.Workflows;

/// <summary>The times of a crontab(5) expression in a time zone. Quartz reads it and works the times out.</summary>
internal sealed class CronTimes
{
    public const string Utc = "UTC";

    private const string Remedy =
        "write minute, hour, day of month, month and day of week in quotes, e.g. \"0 3 * * 1-5\"";

    private static readonly char[] OnlyQuartz = ['?', 'L', 'W', '#', 'H', '@'];
    private readonly CronExpression _expression;

    private CronTimes(CronExpression expression) => _expression = expression;

    /// <param name="fault">Which key is wrong, what is wrong with it, and the remedy.</param>
    public static bool TryParse(
        string cron,
        string timeZone,
        [NotNullWhen(true)] out CronTimes? times,
        [NotNullWhen(false)] out (string Key, string Message, string Remedy)? fault
    )
    {
        times = null;
        fault = null;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone))
            fault = ("time_zone", $"names '{timeZone}', which this server does not know", "write e.g. Europe/Berlin");
        else if (!IsPlain(cron) || !CronExpression.TryParse(cron, CronFormat.Unix, out var expression))
            fault = ("cron", $"is '{cron}', which is not a time of five fields", Remedy);
        else if (expression.GetNextValidTimeAfter(DateTimeOffset.UnixEpoch) is null)
            fault = ("cron", $"is '{cron}', which never comes", Remedy);
        else
            times = new CronTimes(expression.WithTimeZone(zone));
        return times is not null;
    }

    /// <summary>The first time after this one; null when there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset moment) => _expression.GetNextValidTimeAfter(moment)?.ToUniversalTime();

    /// <summary>The last time that is not after this one.</summary>
    public DateTimeOffset? UpTo(DateTimeOffset moment) =>
        _expression.GetPreviousValidTimeBefore(moment.AddSeconds(1))?.ToUniversalTime();

    /// <summary>Only what a crontab takes too: a line means here what it means there. Names of days and months are not looked at.</summary>
    private static bool IsPlain(string cron) =>
        cron.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: 5 } fields
        && fields.All(field => field.Any(char.IsAsciiLetter) ? IsNames(field) : field.IndexOfAny(OnlyQuartz) < 0);

    private static bool IsNames(string field) =>
        field
            .Split(',', '-', '/')
            .All(part => part.All(char.IsAsciiDigit) || (part.Length == 3 && part.All(char.IsAsciiLetter)));
}
