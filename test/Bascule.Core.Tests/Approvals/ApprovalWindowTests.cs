using Bascule.Core.Approvals;

namespace Bascule.Core.Tests.Approvals;

public sealed class ApprovalWindowTests
{
    private static readonly ApprovalWindow Office = new(
        new HashSet<DayOfWeek> { DayOfWeek.Monday, DayOfWeek.Friday },
        new TimeOnly(8, 0),
        new TimeOnly(18, 0),
        TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")
    );

    /// <summary>20 November 2026 is a Friday; Berlin is an hour ahead of UTC.</summary>
    [Theory]
    [InlineData("2026-11-20T06:59:59Z", false)]
    [InlineData("2026-11-20T07:00:00Z", true)]
    [InlineData("2026-11-20T16:59:59Z", true)]
    [InlineData("2026-11-20T17:00:00Z", false)]
    [InlineData("2026-11-19T12:00:00Z", false)]
    [InlineData("2026-07-06T06:00:00Z", true)] // a Monday in summer: two hours ahead
    public void GoesByTheClockOfItsPlace(string moment, bool inside) =>
        Office.Contains(DateTimeOffset.Parse(moment, null)).ShouldBe(inside);

    [Theory]
    [InlineData("2026-11-20T21:00:00Z", true)] // Friday 22:00
    [InlineData("2026-11-21T04:59:00Z", true)] // Saturday 05:59, of Friday's night
    [InlineData("2026-11-21T05:00:00Z", false)]
    [InlineData("2026-11-20T04:00:00Z", false)] // Friday 05:00, of Thursday's night
    public void ANightBelongsToTheDayItBeginsOn(string moment, bool inside)
    {
        var night = Office with { From = new TimeOnly(22, 0), To = new TimeOnly(6, 0) };

        night.Contains(DateTimeOffset.Parse(moment, null)).ShouldBe(inside);
    }

    [Fact]
    public void WithoutHoursADayIsWhole()
    {
        var days = Office with { From = TimeOnly.MinValue, To = TimeOnly.MinValue };

        days.Contains(DateTimeOffset.Parse("2026-11-20T22:59:00Z", null)).ShouldBeTrue();
        days.Contains(DateTimeOffset.Parse("2026-11-20T23:00:00Z", null)).ShouldBeFalse();
    }

    [Fact]
    public void IsWrittenAsPeopleRead() => Office.ToString().ShouldBe("mon, fri 08:00-18:00 Europe/Berlin");
}
