using System.Text;
using Bascule.Core.Provenance.Dsse;
using Bascule.Testing.Keys;

namespace Bascule.Core.Tests.Provenance;

public sealed class DsseTests : IDisposable
{
    private const string Type = "http://example.com/HelloWorld";
    private static readonly byte[] Body = "hello world"u8.ToArray();
    private readonly TestSigner _one = new();
    private readonly TestSigner _other = new();

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
    }

    /// <summary>The vector of the specification (dsse protocol.md).</summary>
    [Fact]
    public void SignsWhatTheSpecificationSays() =>
        Encoding
            .UTF8.GetString(PreAuthentication.Encode(Type, Body))
            .ShouldBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");

    /// <summary>Lengths are of bytes: a type of letters beyond ASCII.</summary>
    [Fact]
    public void CountsBytes() =>
        Encoding.UTF8.GetString(PreAuthentication.Encode("é", "ü"u8)).ShouldBe("DSSEv1 2 é 2 ü");

    [Fact]
    public void AnEnvelopeIsReadAsItWasWritten()
    {
        var envelope = DsseReader.Parse(Signed(_one).ToJson()).Value;

        var verified = DsseVerifier.Verify(envelope, [_one.Key]).Value;
        (verified.Type, Encoding.UTF8.GetString(verified.Bytes.Span)).ShouldBe((Type, "hello world"));
        verified.Signers.ShouldBe([_one.Key]);
    }

    [Fact]
    public void TakesTheOtherAlphabetUnknownFieldsAndNoKeyid()
    {
        var signature = Convert.ToBase64String(_one.Sign(Type, [0xfb, 0xff, 0xfe]).Bytes.Span);
        var safe = signature.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        var json = $$"""{"x":1,"payload":"-__-","payloadType":"{{Type}}","signatures":[{"sig":"{{safe}}","y":[]}]}""";

        var envelope = DsseReader.Parse(Encoding.UTF8.GetBytes(json)).Value;

        envelope.Signatures[0].KeyId.ShouldBe("");
        DsseVerifier.Verify(envelope, [_one.Key]).Value.Bytes.ToArray().ShouldBe([0xfb, 0xff, 0xfe]);
    }

    [Fact]
    public void NothingIsDecidedByTheKeyid()
    {
        var named = new DsseEnvelope(Type, Body, [_other.Sign(Type, Body, keyId: _one.Key.Id)]);
        var misnamed = new DsseEnvelope(Type, Body, [_one.Sign(Type, Body, keyId: "somebody else")]);

        DsseVerifier.Verify(named, [_one.Key]).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Denied);
        DsseVerifier.Verify(misnamed, [_one.Key]).Problem.ShouldBeNull();
    }

    [Fact]
    public void RefusesAnotherPayloadAnotherTypeAndAnotherSignature()
    {
        var good = Signed(_one);
        var broken = good.Signatures[0].Bytes.ToArray();
        broken[^1] ^= 1;

        Refused(good with { Payload = "hello worlD"u8.ToArray() });
        Refused(good with { PayloadType = Type + "s" });
        Refused(good with { Signatures = [new DsseSignature("", broken)] });
        Refused(good with { Signatures = [new DsseSignature("", new byte[] { 1, 2, 3 })] });
        Refused(Signed(_other));

        void Refused(DsseEnvelope envelope) => DsseVerifier.Verify(envelope, [_one.Key]).Problem.ShouldNotBeNull();
    }

    [Fact]
    public void TwoSignaturesByOneKeyAreOne()
    {
        var twice = new DsseEnvelope(Type, Body, [_one.Sign(Type, Body), _one.Sign(Type, Body)]);
        var both = new DsseEnvelope(Type, Body, [_one.Sign(Type, Body), _other.Sign(Type, Body)]);

        var again = Core.Provenance.Keys.VerificationKey.FromSpki(_one.Key.Spki.Span).Value;
        DsseVerifier.Verify(twice, [_one.Key, again, _other.Key], threshold: 2).Problem.ShouldNotBeNull();
        DsseVerifier.Verify(both, [_one.Key, _other.Key], threshold: 2).Value.Signers.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"payload":"aGk=","payloadType":"t"}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","signatures":[]}""")]
    [InlineData("""{"payload":"a Gk=","payloadType":"t","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payload":"aGk=","payload":"aGk=","payloadType":"t","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","signatures":[{"keyid":"k"}]}""")]
    public void RefusesWhatIsNoEnvelope(string json) =>
        DsseReader.Parse(Encoding.UTF8.GetBytes(json)).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Invalid);

    private static DsseEnvelope Signed(TestSigner signer) => new(Type, Body, [signer.Sign(Type, Body)]);
}
