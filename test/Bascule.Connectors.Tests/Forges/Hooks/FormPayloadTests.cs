using System.Text;
using Bascule.Connectors.Forges.Hooks;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Forges.Hooks;

[Trait("Threat", "T05")]
public sealed class FormPayloadTests
{
    [Theory]
    [InlineData("payload=%7B%7D", "{}")]
    [InlineData("payload=a+b%2Bc%26", "a b+c&")]
    [InlineData("payload=%C3%BC", "ü")]
    [InlineData("payload=%39%2f", "9/")]
    [InlineData("payload=", "")]
    public void DecodesTheOneField(string body, string json) =>
        Encoding.UTF8.GetString(Read(body).Value.Span).ShouldBe(json);

    [Theory]
    [InlineData("payload=%7B%7D&payload=%7B%7D")]
    [InlineData("payload=%7B%7D&x=1")]
    [InlineData("x=1&payload=%7B%7D")]
    [InlineData("payload=%7B%7D;payload=x")]
    [InlineData("Payload=%7B%7D")]
    [InlineData("%70ayload=%7B%7D")]
    [InlineData("payload=%7")]
    [InlineData("payload=%zz")]
    [InlineData("payload={}")]
    [InlineData("")]
    public void RefusesEverythingElse(string body) => Read(body).Problem!.Code.ShouldBe(ProblemCode.Invalid);

    [Theory]
    [InlineData("x=1", "the form does not begin with the field 'payload'")]
    [InlineData("payload=&x=1", "the form has more than the field 'payload', or the field is not form-encoded")]
    public void TellsWhatIsWrongWithTheForm(string body, string message) =>
        Read(body).Problem!.Message.ShouldBe(message);

    [Theory]
    [InlineData("Gitea")]
    [InlineData("Gogs")]
    public void TheSignatureOfAFormIsOverItsDecodedField(string kind)
    {
        var forge = ForgeReader.Of(kind.ToLowerInvariant());
        var form = RecordedDelivery.Load(kind, "issues_opened_form_encoded");

        forge.Verify(form).Value.Json.Span[0].ShouldBe((byte)'{');

        forge.Code(form.With("Content-Type", "application/json")).ShouldBe(ProblemCode.Unauthenticated);
        byte[] twice = [.. form.Request.Body.Span, (byte)'&', .. form.Request.Body.Span];
        forge.Code(form.With(twice)).ShouldBe(ProblemCode.Invalid);
    }

    [Fact]
    public void SignedJsonInAnotherFormIsRefused()
    {
        var forge = ForgeReader.Gogs;
        byte[] other = [.. "payload=%7B%22other%22%3A1%7D"u8];

        forge
            .Code(forge.Push.With(other).With("Content-Type", "application/x-www-form-urlencoded"))
            .ShouldBe(ProblemCode.Unauthenticated);
    }

    private static Result<ReadOnlyMemory<byte>> Read(string body) => FormPayload.Read(Encoding.UTF8.GetBytes(body));
}
