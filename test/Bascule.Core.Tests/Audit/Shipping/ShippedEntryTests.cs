using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Shipping;
using Bascule.Core.Json;

namespace Bascule.Core.Tests.Audit.Shipping;

public sealed class ShippedEntryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, 5, TimeSpan.Zero);

    [Fact]
    public void TypeTimeAndDeliveryAreThoseOfTheEntry()
    {
        var entry = new AuditEntry("run.decided", "bascule")
        {
            Links = new Dictionary<string, string> { ["delivery"] = "d-1", ["type"] = "forged" },
            Facts = new JsonObject
            {
                ["type"] = "forged",
                ["time"] = "forged",
                ["delivery"] = "forged",
            },
        };

        var shipped = new ShippedEntry(7, entry.ToCanonical(Noon));

        (shipped.Type, shipped.Time, shipped.Delivery).ShouldBe(("run.decided", Noon, "d-1"));
    }

    /// <summary>printf '\0{}' | sha256sum</summary>
    [Fact]
    public void TheLeafHashIsThatOfRfc6962() =>
        new ShippedEntry(0, "{}"u8.ToArray()).LeafHash.ShouldBe(
            "28a3a18f6cd6406b086e9ffda1f9b8a13dbcf44b0f3f32cb9031a11fd053acf9"
        );

    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("""{"type":7,"time":"yesterday"}""")]
    [InlineData("""{"type":"a b]\"","time":"2026-11-21"}""")]
    public void WhatIsNoEntryIsShippedAllTheSame(string text)
    {
        var shipped = new ShippedEntry(0, Encoding.UTF8.GetBytes(text));

        (shipped.Type, shipped.Time, shipped.Delivery).ShouldBe(("unknown", null, null));
        EntryLine.Of(shipped).ShouldStartWith("{\"index\":0,\"leaf_hash\":\"");
    }

    [Fact]
    [Trait("Threat", "T113")]
    public void WhatATerminalWouldObeyIsEscapedAndTheValueStays()
    {
        const string hostile = "\u009b31m\u202e\u2066\u200b\u2028\u007f\u00ad\U000e0041é漢\U0001f600";
        var canonical = CanonicalJson.Serialize(new JsonObject { ["ref"] = hostile });

        var text = LineSafe.Text(canonical);

        text.ShouldBe("""{"ref":"\u009b31m\u202e\u2066\u200b\u2028\u007f\u00ad\udb40\udc41é漢😀"}""");
        CanonicalJson.Serialize(JsonNode.Parse(text)).ShouldBe(canonical);
    }

    [Fact]
    [Trait("Threat", "T113")]
    public void NotEvenBytesThatAreNoJsonMakeASecondLine() =>
        LineSafe.Text("a\r\nb\0"u8).ShouldBe("""a\u000d\u000ab\u0000""");
}
