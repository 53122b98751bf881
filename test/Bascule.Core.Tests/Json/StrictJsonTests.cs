using System.Text;
using Bascule.Core.Json;

namespace Bascule.Core.Tests.Json;

public sealed class StrictJsonTests
{
    [Fact]
    public void ReadsWhatIsPlain()
    {
        var element = StrictJson.Parse("""{"after":"a\u00e9","n":[1,2.5,-3e2,null,true]}"""u8.ToArray()).Value;

        element.GetProperty("after").GetString().ShouldBe("aé");
        element.GetProperty("n").GetArrayLength().ShouldBe(5);
    }

    [Theory]
    [InlineData("same key", """{"after":"A","after":"B"}""")]
    [InlineData("same key, one escaped", """{"after":"A","\u0061fter":"B"}""")]
    [InlineData("same key, deep inside", """[{"x":[{"a":1,"b":2,"a":3}]}]""")]
    [Trait("Threat", "T15")]
    public void RefusesRepeatedKeys(string name, string json) =>
        Refusal(json).ShouldBe("an object in the JSON repeats a key", name);

    [Theory]
    [InlineData("NUL", """["a\u0000b"]""", "a NUL in a string at byte 1 of the JSON")]
    [InlineData("NUL in a key", """{"a\u0000b":1}""", "a NUL in a string at byte 1 of the JSON")]
    [InlineData("lone high", """["\ud800"]""", "a lone surrogate in a string at byte 1 of the JSON")]
    [InlineData("lone low", """["\udc00x"]""", "a lone surrogate in a string at byte 1 of the JSON")]
    [InlineData("reversed pair", """["\udc00\ud800"]""", "a lone surrogate in a string at byte 1 of the JSON")]
    [InlineData("lone in a key", """{"\ud800":1}""", "a lone surrogate in a string at byte 1 of the JSON")]
    [InlineData("overflow", "[1e400]", "a number too large for a double at byte 1 of the JSON")]
    [Trait("Threat", "T16")]
    public void RefusesTextAndNumbersThatReadersDisagreeAbout(string name, string json, string message) =>
        Refusal(json).ShouldBe(message, name);

    [Theory]
    [InlineData("empty", "")]
    [InlineData("blank", "  ")]
    [InlineData("second value", "{} {}")]
    [InlineData("trailing word", "{}x")]
    [InlineData("trailing comma", "[1,]")]
    [InlineData("comment", "[1] // one")]
    [InlineData("raw control character", "[\"a\u0001\"]")]
    [InlineData("single quotes", "{'a':1}")]
    [InlineData("cut short", """{"a":""")]
    [InlineData("byte order mark", "\uFEFF{}")]
    [InlineData("not a number", "[NaN]")]
    public void RefusesWhatIsNotOneJsonValue(string name, string json) =>
        Refusal(json).ShouldStartWith("not valid JSON at byte ", customMessage: name);

    [Fact]
    [Trait("Threat", "T16")]
    public void TakesThirtyTwoLevelsAndRefusesThirtyThree()
    {
        StrictJson.Parse(Nested(32)).Problem.ShouldBeNull();
        StrictJson.Parse(Nested(33)).Problem!.Message.ShouldBe("the JSON is nested deeper than 32 levels");
        StrictJson.Parse(Nested(1_000_000)).Problem!.Code.ShouldBe(ProblemCode.Invalid);
    }

    [Fact]
    public void RefusesBytesThatAreNotUtf8() =>
        StrictJson.Parse(new byte[] { (byte)'"', 0xC0, 0xAF, (byte)'"' }).Problem!.Message.ShouldBe("not valid UTF-8");

    private static string Refusal(string json) => StrictJson.Parse(Encoding.UTF8.GetBytes(json)).Problem!.Message;

    private static byte[] Nested(int levels) =>
        Encoding.ASCII.GetBytes(new string('[', levels) + new string(']', levels));
}
