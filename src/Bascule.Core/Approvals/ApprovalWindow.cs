using System.Globalization;

namespace Bascule.Core.Approvals;

/// <summary>The hours of a week in which approvals may be given, by the clock of a place.</summary>
/// <param name="Days">On which days the hours begin.</param>
/// <param name="From">Included.</param>
/// <param name="To">Not included; before <paramref name="From"/> when the hours go past midnight, the same for a whole day.</param>
public sealed record ApprovalWindow(IReadOnlySet<DayOfWeek> Days, TimeOnly From, TimeOnly To, TimeZoneInfo Zone)
{
    public bool Contains(DateTimeOffset moment)
    {
        var there = TimeZoneInfo.ConvertTime(moment, Zone);
        var (day, hour) = (there.DayOfWeek, TimeOnly.FromDateTime(there.DateTime));
        if (From < To)
            return Days.Contains(day) && hour >= From && hour < To;
        var yesterday = (DayOfWeek)(((int)day + 6) % 7);
        return (hour >= From && Days.Contains(day)) || (hour < To && Days.Contains(yesterday));
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(", ", Days.Order().Select(day => day.ToString()[..3].ToLowerInvariant()))} {From:HH:mm}-{To:HH:mm} {Zone.Id}"
        );
}
