using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Bascule.Core.Tests.Audit;

[Trait("Threat", "T119")]
public sealed class AuditEntryTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void IsCanonicalWhateverItsOrderWas()
    {
        var one = Parse(Entry(("b", "2"), ("a", "1")));
        var other = Parse(Entry(("a", "1"), ("b", "2")));
        one.Remove("id");
        other.Remove("id");

        CanonicalJson.ToText(one).ShouldBe(CanonicalJson.ToText(other));
    }

    [Fact]
    public void TwoEntriesNeverHaveTheSameBytes() =>
        Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(Entry(("a", "1")).ToCanonical(At))).ShouldBeUnique();

    [Fact]
    public void LeavesOutWhatWasNotDecided()
    {
        var entry = Parse(new AuditEntry("key.made", "bascule"));

        entry.Select(member => member.Key).ShouldBe(["actor", "id", "links", "time", "type", "v"]);
    }

    [Fact]
    public void DoesNotChangeTheFactsItWasGiven()
    {
        var facts = new JsonObject { ["a"] = 1 };
        var entry = new AuditEntry("key.made", "bascule") { Facts = facts };

        entry.ToCanonical(At);
        entry.ToCanonical(At);

        facts.Parent.ShouldBeNull();
    }

    [Fact]
    public void AnyTextSurvivesTheWay() =>
        Prop.ForAll(
                Gen.Elements("a", "\u001b", "é", "😀", "\"", "\\", "\u2028", "\r\n", "\0", "</script>")
                    .ListOf()
                    .Select(parts => string.Concat(parts))
                    .ToArbitrary(),
                text => ReasonOf(text) == text
            )
            .QuickCheckThrowOnFailure();

    private static string ReasonOf(string reason) =>
        (string)
            Parse(new AuditEntry("run.decided", "bascule") { Decision = new AuditDecision(true, "r", reason) })[
                "decision"
            ]!["reason"]!;

    private static AuditEntry Entry(params (string Name, string Value)[] links) =>
        new("key.made", "bascule") { Links = links.ToDictionary(link => link.Name, link => link.Value) };

    private static JsonObject Parse(AuditEntry entry) => JsonNode.Parse(entry.ToCanonical(At))!.AsObject();
}
