using System.Text;
using Bascule.Connectors.Forges.Hooks;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Json;

namespace Bascule.Connectors.Tests.Outbound;

public sealed class JsonReadingTests
{
    [Theory]
    [Trait("Threat", "T15")]
    [InlineData("""{"after":"A","after":"B"}""")]
    [InlineData("""{"after":"A","\u0061fter":"B"}""")]
    [InlineData("""{"unknown":{"x":1,"x":2}}""")]
    [InlineData("""{"commits":[{"id":1,"id":1}]}""")]
    public void RefusesARepeatedKeyWhereverItStands(string json) =>
        Read(json).Problem!.Message.ShouldContain("repeats a key");

    [Fact]
    public void TakesTheSameKeyInTwoObjects() =>
        Read("""{"ref":"x","pusher":{"id":1},"sender":{"id":1}}""").Problem.ShouldBeNull();

    [Theory]
    [Trait("Threat", "T16")]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(100_000, false)]
    public void GoesThirtyTwoLevelsDeepAndNoFurther(int depth, bool fits)
    {
        var lists = depth - 1; // the object itself is the first level
        var json = $$"""{"unknown":{{new string('[', lists)}}{{new string(']', lists)}}}""";

        (Read(json).Problem is null).ShouldBe(fits);
        (StrictJson.Parse(Encoding.UTF8.GetBytes(json)).Problem is null).ShouldBe(fits);
    }

    [Theory]
    [Trait("Threat", "T16")]
    [InlineData("""{"ref":"a\u0000b"}""")]
    [InlineData("""{"ref":"\ud800"}""")]
    [InlineData("""{"ref":"\udc00\ud800"}""")]
    [InlineData("""{"unknown":["\ud800x"]}""")]
    [InlineData("""{"un\u0000known":1}""")]
    [InlineData("""{"\ud800":1}""")]
    public void RefusesNulAndHalfSurrogatesEverywhere(string json) =>
        Read(json).Problem!.Message.ShouldContain("in a string");

    [Fact]
    [Trait("Threat", "T16")]
    public void TakesAWholeSurrogatePair() => Read("""{"ref":"\ud83d\ude00"}""").Value.Ref.ShouldBe("😀");

    [Theory]
    [Trait("Threat", "T16")]
    [InlineData("""{"repository":{"id":9223372036854775808}}""")]
    [InlineData("""{"repository":{"id":1e400}}""")]
    [InlineData("""{"repository":{"id":1.5}}""")]
    [InlineData("""{"repository":{"id":"1"}}""")]
    public void RefusesANumberThatDoesNotFitAndSaysWhere(string json) =>
        Read(json).Problem!.Message.ShouldContain("'repository.id'");

    [Theory]
    [Trait("Threat", "T16")]
    [InlineData(new byte[] { (byte)'"', 0xFF, (byte)'"' })]
    [InlineData(new byte[] { (byte)'"', 0xED, 0xA0, 0x80, (byte)'"' })]
    [InlineData(
        new byte[]
        {
            (byte)'{',
            (byte)'"',
            (byte)'x',
            (byte)'"',
            (byte)':',
            (byte)'"',
            0xC0,
            0x80,
            (byte)'"',
            (byte)'}',
        }
    )]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}' })]
    public void RefusesBytesThatAreNotPlainUtf8Json(byte[] json) =>
        JsonReading.Read(json, HookJson.Default.RefPayload).Problem!.Code.ShouldBe(ProblemCode.Invalid);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{} {}")]
    [InlineData("{,}")]
    [InlineData("""{"a":1,}""")]
    [InlineData("// no\n{}")]
    [InlineData("{'a':1}")]
    public void RefusesWhatIsNotOneJsonValue(string json) => Read(json).Problem!.Code.ShouldBe(ProblemCode.Invalid);

    private static Result<RefPayload> Read(string json) =>
        JsonReading.Read(Encoding.UTF8.GetBytes(json), HookJson.Default.RefPayload);
}
