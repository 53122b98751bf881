using System.Text.Json;
using Bascule.Cli.Features.Audit;
using Bascule.Core.Api;

namespace Bascule.EndToEnd.Audit;

public sealed class EntryTextTests
{
    [Fact]
    public void ShowsAnEntryInOneLine() =>
        Line(
                """{"actor":"person:p-1","decision":{"allow":false,"reason":"not on main","rule":"environments.prod.branches"},"facts":{"ref":"x"},"links":{"run":"r1"},"time":"2026-11-21T08:00:00.000Z","type":"run.decided"}"""
            )
            .ShouldBe(
                "7         2026-11-21T08:00:00.000Z  run.decided  person:p-1  denied by environments.prod.branches: not on main  run=r1  ref=x"
            );

    [Fact]
    [Trait("Threat", "T113")]
    public void LetsNoTextOfOthersMoveTheCursorOrBeginALine()
    {
        var line = Line(
            """{"actor":"a\nb","decision":{"reason":"\u001b[2Jx\u202e"},"facts":{"r\r":"\u0000\u001b]0;t\u0007y"},"links":{},"type":5}"""
        );

        line.ShouldBe("7         a b  denied by : x  r =y");
    }

    [Theory]
    [InlineData("read", "p-1 is Ada [31mL, ada@example.com, https://id#ada")]
    [InlineData("erased", "p-1 was erased")]
    [InlineData("damaged", "DAMAGED: who p-1 is was changed, or moved here from another entry")]
    [InlineData("differs", "SOMEBODY ELSE NOW: when this was written p-1 was Ada")]
    [Trait("Threat", "T121")]
    public void SaysWhoItWasAsFarAsThatIsKnown(string standing, string shown)
    {
        var record = Record("""{"actor":"person:p-1","type":"person.signed_in"}""") with
        {
            Personal = new PersonalRecord
            {
                Person = "p-1",
                Standing = standing,
                Issuer = "https://id",
                Subject = "ada",
                Name = "Ada [31mL\u001b[31m",
                Email = "ada@example.com",
            },
        };
        var people = new Dictionary<string, string> { ["p-1"] = "Ada\u001b[31m" };

        var line = EntryText.List(new AuditEntryList([record], null) { People = people });

        line.ShouldStartWith("7         person.signed_in  person:p-1 (Ada)  ");
        line.ShouldContain(shown);
        line.ShouldNotContain("\u001b");
    }

    [Fact]
    public void SaysThatThereIsNothingAndThatThereIsMore()
    {
        EntryText.List(new AuditEntryList([], null)).ShouldBe("No such entries.");
        EntryText.List(new AuditEntryList([Record("{}")], 5)).ShouldEndWith("Older ones: --before 5");
    }

    private static string Line(string entry) => EntryText.List(new AuditEntryList([Record(entry)], null));

    private static AuditEntryRecord Record(string entry) => new(9, 1, 7, JsonDocument.Parse(entry).RootElement);
}
