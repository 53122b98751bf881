using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Json;

namespace Bascule.Core.Tests.Json;

[Trait("Threat", "T119")]
public sealed class CanonicalReaderTests
{
    private static readonly string[] _pieces =
    [
        "\"a\"",
        "\"\\n\"",
        "\"\\u0001\"",
        "\"\\u000a\"",
        "\"\\u001F\"",
        "\"\\/\"",
        "\"\u00e9\"",
        "\"\\u00e9\"",
        "\"\U0001F600\"",
        "\"\ufb33\"",
        "1",
        "-0",
        "0",
        "1e21",
        "1E21",
        "1e+21",
        "0.1",
        "1.0",
        "9007199254740993",
        "1000000000000000000000",
        "01",
        "-1",
        "true",
        "nul",
        " ",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "\"a\":1",
        "\"b\":2",
        "\"\\u0002\":3",
        "\"\U0001F600\":1",
        "\"\ufb33\":2",
    ];

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"a\":[1,-2,0.5,1e+21,\"\\u001f\\n\"],\"b\":{\"\":null}}")]
    [InlineData("{\"\U0001F600\":1,\"\ufb33\":2}")]
    [InlineData("\"\u007f\u2028\"")]
    public void AcceptsTheOneForm(string json) => FaultOf(json).ShouldBeNull();

    [Theory]
    [InlineData("{\"b\":1,\"a\":2}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("{\"\ufb33\":1,\"\U0001F600\":2}")]
    [InlineData("{\"a\": 1}")]
    [InlineData("{\"a\":1} ")]
    [InlineData("{\"a\":1}{}")]
    [InlineData("[1,]")]
    [InlineData("[1")]
    [InlineData("\"\\u000A\"")]
    [InlineData("\"\\u000a\"")]
    [InlineData("\"\\u0041\"")]
    [InlineData("\"\\/\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"a\tb\"")]
    [InlineData("1.0")]
    [InlineData("-0")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData("1e21")]
    [InlineData("1e999")]
    [InlineData("9007199254740993")]
    [InlineData("NaN")]
    [InlineData("")]
    public void RefusesEveryOther(string json) => FaultOf(json).ShouldNotBeNull();

    [Fact]
    public void RefusesWhatIsNoUtf8AndWhatIsNestedForEver()
    {
        CanonicalReader.FaultOf([(byte)'"', 0xc0, 0x80, (byte)'"']).ShouldNotBeNull();
        FaultOf(new string('[', 100_000)).ShouldNotBeNull();
    }

    /// <summary>Whatever it accepts, the serializer writes again byte for byte; and whatever the serializer writes, it accepts.</summary>
    [Fact]
    public void AgreesWithWhatIsWritten()
    {
        var random = new Random(8785);
        var accepted = 0;
        for (var round = 0; round < 200_000; round++)
        {
            var json = string.Concat(
                Enumerable.Range(0, random.Next(1, 8)).Select(_ => _pieces[random.Next(_pieces.Length)])
            );
            var isSame = Rewritten(json) == json;
            (FaultOf(json) is null).ShouldBe(isSame, json);
            accepted += isSame ? 1 : 0;
        }
        accepted.ShouldBeGreaterThan(1_000);
    }

    private static string? Rewritten(string json)
    {
        try
        {
            return StrictJson.Parse(Encoding.UTF8.GetBytes(json)).Problem is null
                ? CanonicalJson.ToText(JsonNode.Parse(json))
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string? FaultOf(string json) => CanonicalReader.FaultOf(Encoding.UTF8.GetBytes(json));
}
