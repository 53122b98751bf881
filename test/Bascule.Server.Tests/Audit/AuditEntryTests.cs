using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Verifying;
using Bascule.Core.Json;
using Bascule.Testing;
using Bascule.Testing.Node;

namespace Bascule.Server.Tests.Audit;

public sealed class AuditEntryTests
{
    private static IEnumerable<string> Types =>
        typeof(AuditTypes)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(constant => (string)constant.GetRawConstantValue()!);

    [Fact]
    [Trait("Threat", "T119")]
    public async Task EveryEntryOfAFullStoryFitsTheSchemaAndIsCanonical()
    {
        var schema = new EntrySchema();
        var entries = await AuditStory.PlayAsync();

        foreach (var entry in entries)
        {
            schema.Judge(entry).ShouldBeEmpty(entry.ToJsonString());
            EntryForm.FaultOf(CanonicalJson.Serialize(entry)).ShouldBeNull(entry.ToJsonString());
        }
        entries.Select(entry => (string)entry["id"]!).ShouldBeUnique();
        Types
            .Except(entries.Select(entry => (string)entry["type"]!))
            .ShouldBe([AuditTypes.ServerStarted], "the story must have every type but the host's own");
    }

    [NodeFact]
    public async Task AnIndependentValidatorAgrees()
    {
        var story = await AuditStory.PlayAsync();
        var entries = story.Select(entry => entry.ToJsonString()).ToList();
        NodeOracle.Ask<List<string>>("canonical.mjs", entries).ShouldBe(story.Select(CanonicalJson.ToText));
        entries.Add(entries[0].Replace("\"v\":1", "\"v\":2", StringComparison.Ordinal));
        entries.Add(entries[0].Replace("\"links\":{", "\"links\":{\"other\":\"x\",", StringComparison.Ordinal));

        var faults = NodeOracle.Ask<List<List<string>>>(
            "schema.mjs",
            new { schema = EntrySchema.File, documents = entries }
        );

        for (var at = 0; at < entries.Count - 2; at++)
            faults[at].ShouldBeEmpty(entries[at]);
        faults[^1].ShouldNotBeEmpty();
        faults[^2].ShouldNotBeEmpty();
    }

    [Fact]
    public void SchemaAndPageKnowEveryTypeAndEveryFact()
    {
        var schema = new EntrySchema();
        var page = File.ReadAllText(RepositoryFolder.PathOf("docs/audit-entries.md"));

        schema.Types.ShouldBe(Types, ignoreOrder: true);
        foreach (var type in Types)
        {
            page.ShouldContain($"### `{type}`");
            var section = page[page.IndexOf($"### `{type}`", StringComparison.Ordinal)..].Split("\n### ", 2)[0];
            foreach (var fact in schema.FactsOf(type))
                section.ShouldContain($"`{fact}`", customMessage: type);
        }
    }

    [Fact]
    public void TheSchemaRefusesWhatIsNotAnEntry()
    {
        var schema = new EntrySchema();

        JsonObject Made() =>
            Canonical(new AuditEntry(AuditTypes.KeyMade, "bascule") { Facts = new() { ["kid"] = "k" } });
        schema.Judge(Made()).ShouldBeEmpty();
        var wrong = Made();
        wrong["facts"]!["secret"] = "x";
        wrong["v"] = 2;
        wrong.Remove("actor");
        schema.Judge(wrong).Count.ShouldBe(3);
    }

    [Fact]
    [Trait("Threat", "T119")]
    public void AnEntryHasOneSpelling()
    {
        var entry = new AuditEntry(AuditTypes.RunDecided, "bascule")
        {
            Links = new Dictionary<string, string> { ["run"] = "r", ["delivery"] = "d" },
            Decision = new AuditDecision(false, "rule", "a\u001bé\"\u2028😀"),
            Facts = new JsonObject { ["b"] = 1.0, ["a"] = null },
        };

        var text = Encoding.UTF8.GetString(
            entry.ToCanonical(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.FromHours(1)))
        );

        text.Remove(text.IndexOf("\"id\":", StringComparison.Ordinal) + 6, 32)
            .ShouldBe(
                "{\"actor\":\"bascule\",\"decision\":{\"allow\":false,\"reason\":\"a\\u001bé\\\"\u2028😀\",\"rule\":\"rule\"},\"facts\":{\"a\":null,\"b\":1},\"id\":\"\",\"links\":{\"delivery\":\"d\",\"run\":\"r\"},\"time\":\"2026-01-02T02:04:05.006Z\",\"type\":\"run.decided\",\"v\":1}"
            );
    }

    private static JsonObject Canonical(AuditEntry entry)
    {
        var bytes = entry.ToCanonical(DateTimeOffset.UnixEpoch);
        var parsed = JsonNode.Parse(bytes)!.AsObject();
        CanonicalJson.Serialize(parsed).ShouldBe(bytes);
        return parsed;
    }
}
