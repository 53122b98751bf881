using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Bascule.Core.Tests.Json;

public sealed class CanonicalJsonTests
{
    /// <summary>RFC 8785 section 3.2.2 and its result in 3.2.3.</summary>
    [Fact]
    public void WritesTheRfcsExample()
    {
        const string Source = """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """;

        CanonicalJson
            .ToText(JsonNode.Parse(Source))
            .ShouldBe(
                """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"""
            );
    }

    /// <summary>RFC 8785 section 3.2.3: an emoji (surrogates) sorts before U+FB33.</summary>
    [Fact]
    public void SortsKeysByUtf16CodeUnits()
    {
        const string Source = """
            {
              "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
            }
            """;

        var written = (JsonObject)JsonNode.Parse(CanonicalJson.Serialize(JsonNode.Parse(Source)))!;

        written
            .Select(entry => entry.Value!.GetValue<string>().Split(' ', ':')[0])
            .ShouldBe(["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"]);
    }

    /// <summary>RFC 8785 appendix B: IEEE 754 bits and what they print as.</summary>
    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void PrintsNumbersAsTheRfcsAppendixB(string bits, string expected)
    {
        var value = BitConverter.Int64BitsToDouble(
            long.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        );

        CanonicalJson.ToText(JsonValue.Create(value)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void RefusesNumbersThatAreNotFinite(double value) =>
        Should.Throw<FormatException>(() => CanonicalJson.Serialize(JsonValue.Create(value)));

    [Fact]
    public void RefusesIntegersThatADoubleWouldChange()
    {
        CanonicalJson.ToText(JsonValue.Create(1L << 53)).ShouldBe("9007199254740992");
        CanonicalJson.ToText(JsonValue.Create(-(1L << 53))).ShouldBe("-9007199254740992");

        Should.Throw<FormatException>(() => CanonicalJson.Serialize(JsonValue.Create((1L << 53) + 1)));
        Should.Throw<FormatException>(() => CanonicalJson.Serialize(JsonValue.Create(ulong.MaxValue)));
        Should.Throw<FormatException>(() => CanonicalJson.Serialize(JsonNode.Parse("[9007199254740993]")));
        Should.Throw<FormatException>(() => CanonicalJson.Serialize(JsonNode.Parse("[1e400]")));
    }

    [Fact]
    public void RefusesLoneSurrogates()
    {
        // Not a theory: attributes cannot hold such strings.
        foreach (var text in (string[])["\ud800", "a\udc00b", "\udc00\ud800"])
        {
            Should.Throw<FormatException>(() => CanonicalJson.Serialize(JsonValue.Create(text)));
            Should.Throw<FormatException>(() => CanonicalJson.Serialize(new JsonObject { [text] = 1 }));
        }
    }

    [Fact]
    public void RefusesAnEscapedLoneSurrogateThatWasRead() =>
        Should.Throw<FormatException>(() => CanonicalJson.Serialize(JsonNode.Parse("""["\ud800"]""")));

    [Fact]
    public void EscapesNothingThatNeedsNoEscape() =>
        CanonicalJson
            .ToText(JsonValue.Create("</script>&+'\u007f\u2028\u00e9\ud83d\ude00 \u0000\u001f\b\t\n\f\r\"\\"))
            .ShouldBe("\"</script>&+'\u007f\u2028\u00e9\ud83d\ude00 \\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\\"");

    [Fact]
    public void WritesEmptyAndNestedThings()
    {
        CanonicalJson.ToText(null).ShouldBe("null");
        CanonicalJson
            .ToText(JsonNode.Parse("""{ "b": {}, "a": [ [], null, { "y": false, "x": "" } ] }"""))
            .ShouldBe("""{"a":[[],null,{"x":"","y":false}],"b":{}}""");
    }

    [Fact]
    public void ReadsItsOwnNumbersBackUnchanged() =>
        Prop.ForAll<double>(value =>
                !double.IsFinite(value)
                || double.Parse(CanonicalJson.ToText(JsonValue.Create(value)), CultureInfo.InvariantCulture) == value
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    [Trait("Threat", "T119")]
    public void GivesTheSameBytesWhenItsOwnTextIsWrittenAgain() =>
        Prop.ForAll<double, string>(
                (number, text) =>
                {
                    if (!double.IsFinite(number * 1e17) || text is null || !IsUnicode(text))
                        return true;
                    var first = CanonicalJson.Serialize(
                        new JsonObject { ["z"] = number * 1e17, [text] = new JsonArray(text) }
                    );
                    return CanonicalJson.Serialize(JsonNode.Parse(first)).AsSpan().SequenceEqual(first);
                }
            )
            .QuickCheckThrowOnFailure();

    private static bool IsUnicode(string text) => text.EnumerateRunes().All(rune => rune != Rune.ReplacementChar);
}
