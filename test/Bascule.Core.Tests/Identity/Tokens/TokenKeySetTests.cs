using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Identity.Tokens;
using Bascule.Testing.Identity;

namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T33")]
public sealed class TokenKeySetTests
{
    private readonly TokenMint _mint = new();

    [Fact]
    public void SoundKeysAreUsed()
    {
        var keys = Read([.. _mint.KeySet["keys"]!.AsArray().Select(key => key!.DeepClone())]);

        (keys.Count, keys.Skipped.Count).ShouldBe((4, 0));
        keys.Find("k1", TokenAlgorithm.RS256).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("use", "\"enc\"", "not for signatures")]
    [InlineData("use", "null", "not for signatures")]
    [InlineData("key_ops", """["encrypt"]""", "not for verifying")]
    [InlineData("key_ops", "\"verify\"", "not for verifying")]
    [InlineData("alg", "\"HS256\"", "algorithm that is not supported")]
    [InlineData("alg", "\"none\"", "algorithm that is not supported")]
    [InlineData("alg", "\"ES256\"", "not of the kind that ES256 needs")]
    [InlineData("d", "\"AQAB\"", "with its secret part")]
    [InlineData("kty", "\"OKP\"", "type 'OKP'")]
    [InlineData("kty", "\"oct\"", "symmetric")]
    [InlineData("kty", "\"EC\"", "on a curve that is not supported")]
    [InlineData("kty", "7", "type ''")]
    [InlineData("kid", "7", "kid of a key")]
    [InlineData("kid", "\"\"", "kid of a key")]
    [InlineData("e", "\"AQ\"", "exponent")]
    [InlineData("e", "\"AA\"", "exponent")]
    [InlineData("e", "\"Aw\"", "exponent")]
    [InlineData("e", "\"AQAA\"", "exponent")]
    [InlineData("e", "\"AQAAAAE\"", "exponent")]
    [InlineData("e", "\"A=\"", "no readable modulus and exponent")]
    [InlineData("n", "\"\"", "no readable modulus and exponent")]
    [InlineData("n", "\"AAAA\"", "modulus of 0 bits")]
    [InlineData("n", "7", "no readable modulus and exponent")]
    public void AnUnsoundRsaKeyIsSkippedAndNamed(string member, string value, string because)
    {
        var bad = _mint.RsaKey();
        bad[member] = JsonNode.Parse(value);

        var keys = Read(bad, _mint.CurveKey("ES256"));

        keys.Count.ShouldBe(1);
        keys.Skipped.ShouldHaveSingleItem().ShouldContain(because);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2040)]
    public void ASmallModulusIsSkipped(int bits)
    {
        using var rsa = RSA.Create(bits);

        Read(Rsa(rsa.ExportParameters(false))).Skipped.ShouldHaveSingleItem().ShouldContain($"modulus of {bits} bits");
    }

    [Fact]
    public void AnEvenOrEndlessModulusIsSkipped()
    {
        var key = _mint.Rsa.ExportParameters(false);
        var even = (byte[])key.Modulus!.Clone();
        even[^1] &= 0xfe;
        var endless = new byte[64 * 1024];
        Array.Fill(endless, (byte)0xff);

        Read(Rsa(key with { Modulus = even }), Rsa(key with { Modulus = endless }, "k2")).Count.ShouldBe(0);
    }

    /// <summary>Some issuers write the sign byte of their language's big numbers.</summary>
    [Fact]
    public void ALeadingZeroOfAModulusChangesNothing()
    {
        var key = _mint.Rsa.ExportParameters(false);

        Read(Rsa(key with { Modulus = [0, .. key.Modulus!] })).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("crv", "\"P-384\"", "another length")]
    [InlineData("crv", "\"secp256k1\"", "curve that is not supported")]
    [InlineData("crv", "\"p-256\"", "curve that is not supported")]
    [InlineData("x", "\"AAAA\"", "another length")]
    [InlineData("y", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"", "not a sound key")]
    [InlineData("alg", "\"ES384\"", "not of the kind")]
    public void AnUnsoundCurveKeyIsSkippedAndNamed(string member, string value, string because)
    {
        var bad = _mint.CurveKey("ES256");
        bad[member] = JsonNode.Parse(value);

        Read(bad, _mint.RsaKey()).Skipped.ShouldHaveSingleItem().ShouldContain(because);
    }

    [Fact]
    public void OfDifferentKeysWithOneNameNoneIsUsed()
    {
        var rival = new TokenMint(number: 1).RsaKey();

        var keys = Read(_mint.RsaKey(), rival, _mint.CurveKey("ES256"));

        keys.Find("k1", TokenAlgorithm.RS256).ShouldBeNull();
        keys.Skipped.ShouldHaveSingleItem().ShouldContain("2 different keys are named 'k1'");
        keys.Find("ES256", TokenAlgorithm.Find("ES256")!).ShouldNotBeNull();
    }

    [Fact]
    public void AKeyOfAnotherKindWithTheSameNameIsARivalToo()
    {
        var rival = _mint.CurveKey("ES256");
        rival["kid"] = "k1";

        Read(_mint.RsaKey(), rival).Count.ShouldBe(0);
    }

    [Fact]
    public void TheSameKeyTwiceIsOne() => Read(_mint.RsaKey(), _mint.RsaKey()).Count.ShouldBe(1);

    [Fact]
    public void OfVeryManyKeysTheFirstAreLookedAt()
    {
        var many = Enumerable
            .Range(0, 10_000)
            .Select(number => (JsonNode)new JsonObject { ["kty"] = "oct", ["kid"] = $"{number}" });

        var keys = Read([_mint.RsaKey(), .. many]);

        keys.Count.ShouldBe(1);
        keys.Skipped.Count.ShouldBe(TokenKeySet.MaxKeys);
        keys.Skipped[0].ShouldContain("10001 keys");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    [InlineData("<html>")]
    [InlineData("")]
    public void WhatIsNoKeySetIsRefused(string json) =>
        TokenKeySet.Read(Encoding.UTF8.GetBytes(json)).Problem!.Code.ShouldBe(ProblemCode.Invalid);

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"key\"")]
    public void WhatIsNoKeyIsSkipped(string json) => Read(JsonNode.Parse(json), _mint.RsaKey()).Count.ShouldBe(1);

    private static JsonObject Rsa(RSAParameters key, string name = "k1") =>
        new()
        {
            ["kty"] = "RSA",
            ["kid"] = name,
            ["n"] = TokenMint.Text(key.Modulus!),
            ["e"] = TokenMint.Text(key.Exponent!),
        };

    private static TokenKeySet Read(params JsonNode?[] keys) =>
        TokenKeySet
            .Read(Encoding.UTF8.GetBytes(new JsonObject { ["keys"] = new JsonArray(keys) }.ToJsonString()))
            .Value;
}
