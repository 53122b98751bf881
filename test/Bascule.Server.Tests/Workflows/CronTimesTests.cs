using System.Globalization;
using Bascule.Server.Workflows;

namespace Bascule.Server.Tests.Workflows;

public sealed class CronTimesTests
{
    [Theory]
    [InlineData("every night", "0 3 * * *", "2026-11-22T03:00Z")]
    [InlineData("every quarter", "*/15 * * * *", "2026-11-21T12:15Z")]
    [InlineData("Sunday as 0", "0 3 * * 0", "2026-11-22T03:00Z")]
    [InlineData("Sunday as 7", "0 3 * * 7", "2026-11-22T03:00Z")]
    [InlineData("Monday is 1", "0 3 * * 1", "2026-11-23T03:00Z")]
    [InlineData("working days by name", "0 3 * * mon-fri", "2026-11-23T03:00Z")]
    [InlineData("the first of the month", "0 0 1 * *", "2026-12-01T00:00Z")]
    [InlineData("the 30th, or a Monday", "0 0 30 * 1", "2026-11-23T00:00Z")]
    [InlineData("a leap day", "0 0 29 2 *", "2028-02-29T00:00Z")]
    public void MeansWhatACrontabMeans(string name, string cron, string next) =>
        Parse(cron).After(Noon).ShouldBe(DateTimeOffset.Parse(next, CultureInfo.InvariantCulture), name);

    [Theory]
    [InlineData("seconds", "0 0 3 * * *")]
    [InlineData("four fields", "0 3 * *")]
    [InlineData("question mark", "0 3 ? * 1")]
    [InlineData("last day", "0 3 L * *")]
    [InlineData("nearest weekday", "0 3 15W * *")]
    [InlineData("second Monday", "0 3 * * 1#2")]
    [InlineData("hash", "H 3 * * *")]
    [InlineData("macro", "@daily")]
    [InlineData("minute 60", "60 3 * * *")]
    [InlineData("weekday 8", "0 3 * * 8")]
    [InlineData("never", "0 0 30 2 *")]
    [InlineData("empty", "")]
    public void TakesNothingElse(string name, string cron)
    {
        CronTimes.TryParse(cron, "UTC", out _, out var fault).ShouldBeFalse(name);
        fault!.Value.Key.ShouldBe("cron");
    }

    [Fact]
    public void ATimeZoneMovesWithItsClock()
    {
        CronTimes.TryParse("0 3 * * *", "Europe/Berlin", out var times, out _).ShouldBeTrue();

        times!.After(Noon).ShouldBe(new DateTimeOffset(2026, 11, 22, 2, 0, 0, TimeSpan.Zero));
        times
            .After(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero))
            .ShouldBe(new DateTimeOffset(2026, 7, 2, 1, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void AnUnknownTimeZoneIsNamed()
    {
        CronTimes.TryParse("0 3 * * *", "Mars/Olympus", out _, out var fault).ShouldBeFalse();

        fault!.Value.ShouldSatisfyAllConditions(
            found => found.Key.ShouldBe("time_zone"),
            found => found.Message.ShouldContain("Mars/Olympus")
        );
    }

    [Fact]
    public void TheLastTimeIsTheOneThatHasJustCome()
    {
        var times = Parse("0 12 * * *");

        times.UpTo(Noon).ShouldBe(Noon);
        times.UpTo(Noon.AddHours(-1)).ShouldBe(Noon.AddDays(-1));
    }

    private static DateTimeOffset Noon => new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static CronTimes Parse(string cron)
    {
        CronTimes.TryParse(cron, "UTC", out var times, out var fault).ShouldBeTrue(fault?.Message);
        return times!;
    }
}
