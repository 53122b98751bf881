using System.Security.Cryptography;
using System.Text;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Forges.Hooks;

public sealed class HookSignatureTests
{
    public static TheoryData<string> Kinds => ForgeReader.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AcceptsASignedDeliveryAndTellsItsHeaders(string kind)
    {
        var forge = ForgeReader.Of(kind);

        var delivery = forge.Verify(forge.Push).Value;

        delivery.EventName.ShouldBe("push");
        delivery.DeliveryId.Length.ShouldBe(36);
        delivery.Json.ToArray().ShouldBe(forge.Push.Request.Body.ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Threat", "T01")]
    public void RefusesADeliveryWithoutSignature(string kind)
    {
        var forge = ForgeReader.Of(kind);

        forge.Code(forge.Push.With(forge.Header)).ShouldBe(ProblemCode.Unauthenticated);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Threat", "T01")]
    public void RefusesAChangedBody(string kind)
    {
        var forge = ForgeReader.Of(kind);
        var body = forge.Push.Request.Body.ToArray();
        body[^2] ^= 1;

        forge.Code(forge.Push.With(body)).ShouldBe(ProblemCode.Unauthenticated);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Threat", "T02")]
    public void RefusesAnEmptySignatureHeader(string kind)
    {
        var forge = ForgeReader.Of(kind);

        forge.Code(forge.Push.With(forge.Header, "")).ShouldBe(ProblemCode.Unauthenticated);
        forge
            .Reader.Verify(forge.Push.With(forge.Header, "").Request, [new Secret("")])
            .Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Threat", "T02")]
    public void NeverVerifiesWithAnEmptySecret(string kind)
    {
        var forge = ForgeReader.Of(kind);
        var body = forge.Push.Request.Body;
        var keyless = Convert.ToHexStringLower(HMACSHA256.HashData([], body.Span));

        forge
            .Reader.Verify(forge.Push.With(forge.Header, keyless).Request, [new Secret("")])
            .Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        forge.Reader.Verify(forge.Push.Request, []).Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
    }

    [Theory]
    [Trait("Threat", "T03")]
    [InlineData("upper case")]
    [InlineData("prefix")]
    [InlineData("short")]
    [InlineData("odd")]
    [InlineData("long")]
    [InlineData("not hex")]
    [InlineData("space inside")]
    [InlineData("two in one")]
    public void RefusesAnyOtherSpellingOfTheSignature(string spelling)
    {
        foreach (var forge in new[] { ForgeReader.Gitea, ForgeReader.Gogs, ForgeReader.Forgejo })
            forge
                .Code(forge.Push.With(forge.Header, Spell(spelling, forge.Signature)))
                .ShouldBe(ProblemCode.Unauthenticated);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Threat", "T03")]
    public void RefusesARepeatedSignatureHeader(string kind)
    {
        var forge = ForgeReader.Of(kind);

        forge.Code(forge.Push.With(forge.Header, forge.Signature, forge.Signature)).ShouldBe(ProblemCode.Invalid);
        forge.Code(forge.Push.With(forge.Header, new string('0', 64), forge.Signature)).ShouldBe(ProblemCode.Invalid);
    }

    [Theory]
    [Trait("Threat", "T03")]
    [InlineData("X-Gogs-Signature")]
    [InlineData("X-Hub-Signature-256")]
    public void GiteaIgnoresSignatureHeadersOfOtherForges(string other)
    {
        var forge = ForgeReader.Gitea;
        var forged = forge.Push.With(other, "sha256=" + new string('0', 64), forge.Signature);

        forge.Code(forged).ShouldBeNull();
        forge.Code(forged.With("X-Gitea-Signature")).ShouldBe(ProblemCode.Unauthenticated);
    }

    [Fact]
    [Trait("Threat", "T03")]
    public void GogsAndForgejoDoNotTakeGiteasSignature()
    {
        var delivery = ForgeReader.Gitea.Push.With("X-Gogs-Signature");

        ForgeReader.Gogs.Reader.Verify(delivery.Request, [RecordedDelivery.GiteaSecret]).Problem.ShouldNotBeNull();
        ForgeReader.Forgejo.Reader.Verify(delivery.Request, [RecordedDelivery.GiteaSecret]).Problem.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Threat", "T22")]
    public void AcceptsEitherSecretWhileARotationOverlaps(string kind)
    {
        var forge = ForgeReader.Of(kind);

        forge.Reader.Verify(forge.Push.Request, [new Secret("new"), forge.Secret]).Problem.ShouldBeNull();
        forge.Reader.Verify(forge.Push.Request, [forge.Secret, new Secret("new")]).Problem.ShouldBeNull();
        forge.Reader.Verify(forge.Push.Request, [new Secret("new")]).Problem.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Threat", "T22")]
    public void AcceptsASecretThatIsAlsoTheFormerOne(string kind)
    {
        var forge = ForgeReader.Of(kind);

        forge.Reader.Verify(forge.Push.Request, [forge.Secret, forge.Secret]).Problem.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TellsWhichHeaderIsWrongAndWhatHelps(string kind)
    {
        var forge = ForgeReader.Of(kind);

        Message(forge, forge.Push.With(forge.Header))
            .ShouldBe(
                $"{forge.Header} does not hold this webhook's signature; register the webhook again with bascule connect"
            );
        Message(forge, forge.Push.With(forge.Header, "a", "a"))
            .ShouldBe($"the header {forge.Header} is repeated; a forge sends it once");
        Message(forge, forge.Push.With("Content-Type", "text/plain"))
            .ShouldBe("the content type is neither application/json nor application/x-www-form-urlencoded");
    }

    [Theory]
    [Trait("Threat", "T06")]
    [InlineData("{\"a\":\"<&>\"}")]
    [InlineData("{\"a\":\"\u2028\"} ")]
    [InlineData("{\"a\":123456789012345678901234567890}\n")]
    [InlineData("{ \"a\" : 1.0e2 }")]
    public void SignatureIsOverTheBytesAsReceived(string json)
    {
        var forge = ForgeReader.Gogs;
        var body = Encoding.UTF8.GetBytes(json);
        var signature = Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(forge.Secret.Reveal()), body)
        );

        var delivery = forge.Verify(forge.Push.With(body).With(forge.Header, signature)).Value;

        delivery.Json.ToArray().ShouldBe(body);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json-patch+json")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("")]
    public void RefusesOtherContentTypes(string type)
    {
        var forge = ForgeReader.Gitea;

        forge.Code(forge.Push.With("Content-Type", type)).ShouldBe(ProblemCode.Invalid);
        forge
            .Code(forge.Push.With("Content-Type", "application/json", "application/json"))
            .ShouldBe(ProblemCode.Invalid);
        forge.Code(forge.Push.With("Content-Type", "Application/JSON; charset=utf-8")).ShouldBeNull();
    }

    [Fact]
    public void ShowsNoUnsignedHeaderThatIsNotPlain()
    {
        var forge = ForgeReader.Gitea;

        var delivery = forge.Verify(
            forge.Push.With("X-Gitea-Delivery", "\u001b[2J").With("X-Gitea-Event", new string('a', 101))
        );

        delivery.Value.DeliveryId.ShouldBeEmpty();
        delivery.Value.EventName.ShouldBeEmpty();
    }

    private static string Message(ForgeReader forge, RecordedDelivery delivery) =>
        forge.Verify(delivery).Problem!.Message;

    private static string Spell(string spelling, string signature) =>
        spelling switch
        {
            "upper case" => signature.ToUpperInvariant(),
            "prefix" => "sha256=" + signature,
            "short" => signature[..^2],
            "odd" => signature[..^1],
            "long" => signature + "00",
            "not hex" => "g" + signature[1..],
            "space inside" => " " + signature,
            _ => $"{signature}, {signature}",
        };
}
