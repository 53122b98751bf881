using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Identity.Tokens;
using Bascule.Testing.Identity;

namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T23")]
public sealed class AlgorithmTests
{
    private readonly TokenStage _stage = new([.. TokenAlgorithm.All.Select(algorithm => algorithm.Name)]);

    public static TheoryData<string> Accepted => [.. TokenAlgorithm.All.Select(algorithm => algorithm.Name)];

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task AnAcceptedAlgorithmIsVerified(string algorithm) =>
        (await _stage.AcceptAsync(_stage.Mint.Sign(_stage.Claims(), algorithm))).Subject.Id.ShouldBe("u-1");

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task OnlyWhatTheIssuerMayUseIsTaken(string algorithm)
    {
        var others = TokenAlgorithm.All.Select(known => known.Name).Where(name => name != algorithm);
        var stage = new TokenStage([.. others]);

        await stage.RefuseAsync(stage.Mint.Sign(stage.Claims(), algorithm), $"its algorithm is '{algorithm}'");

        stage.Keys.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task WithoutAListOnlyRs256IsTaken()
    {
        var stage = new TokenStage();

        await stage.AcceptAsync(stage.Mint.Sign(stage.Claims()));

        await stage.RefuseAsync(stage.Mint.Sign(stage.Claims(), "PS256"), "accepted from this issuer: RS256");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("nOnE")]
    [InlineData("NONE")]
    [InlineData("")]
    [InlineData("rs256")]
    [InlineData("RS256 ")]
    [InlineData("HS256")]
    [InlineData("EdDSA")]
    [InlineData("Ed25519")]
    [InlineData("ES256K")]
    [InlineData("RSA1_5")]
    public async Task AnyOtherNameIsRefused(string algorithm)
    {
        var header = _stage.Mint.Header();
        header["alg"] = algorithm;

        await _stage.RefuseAsync(_stage.Mint.Sign(_stage.Claims(), header, with: "RS256"), "algorithm");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("RS256")]
    public async Task WithoutASignatureNothingIsTaken(string algorithm)
    {
        var header = _stage.Mint.Header();
        header["alg"] = algorithm;
        var signed = _stage.Mint.Sign(_stage.Claims(), header, with: "RS256").Reveal();

        await _stage.RefuseAsync(new Secret(signed[..(signed.LastIndexOf('.') + 1)]), "is empty");
        await _stage.RefuseAsync(new Secret(signed[..signed.LastIndexOf('.')]), "has not three parts");
    }

    /// <summary>The public key is known to all: taken for a shared secret, it would let anybody sign.</summary>
    [Theory]
    [InlineData("HS256")]
    [InlineData("RS256")]
    public async Task TheRsaPublicKeyIsNoSharedSecret(string algorithm)
    {
        var header = _stage.Mint.Header();
        header["alg"] = algorithm;
        foreach (var secret in PublicForms())
        {
            var input =
                $"{TokenMint.Text(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{TokenMint.Text(Encoding.UTF8.GetBytes(_stage.Claims().ToJsonString()))}";
            var forged = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(input));

            (await _stage.VerifyAsync(new Secret($"{input}.{TokenMint.Text(forged)}"))).Problem.ShouldNotBeNull();
        }
    }

    [Theory]
    [InlineData("ES256", "ES384")]
    [InlineData("ES384", "ES256")]
    [InlineData("ES512", "ES256")]
    [InlineData("RS256", "PS256")]
    [InlineData("PS256", "RS256")]
    [InlineData("RS256", "RS512")]
    [InlineData("ES256", "RS256")]
    public async Task ASignatureOfAnotherAlgorithmIsNotTaken(string named, string used)
    {
        var header = _stage.Mint.Header(named);

        await _stage.RefuseAsync(_stage.Mint.Sign(_stage.Claims(), header, with: used), "its signature is wrong");
    }

    [Fact]
    public async Task AKeyOfAnotherCurveOrKindIsNotUsed()
    {
        foreach (
            var (named, key) in new[] { ("ES256", "ES384"), ("ES384", "ES256"), ("RS256", "ES256"), ("ES256", "k1") }
        )
        {
            var header = _stage.Mint.Header(named);
            header["kid"] = key;

            await _stage.RefuseAsync(_stage.Mint.Sign(_stage.Claims(), header), "no such key");
        }
    }

    [Fact]
    public async Task AKeyForOneAlgorithmIsUsedForNoOther()
    {
        var key = _stage.Mint.RsaKey();
        key["alg"] = "RS256";
        _stage.Keys.Publish(_stage.Mint.Issuer, new JsonObject { ["keys"] = new JsonArray(key) });

        await _stage.AcceptAsync(_stage.Mint.Sign(_stage.Claims(), "RS256"));

        await _stage.RefuseAsync(_stage.Mint.Sign(_stage.Claims(), "PS256"), "no such key");
    }

    /// <summary>CVE-2022-21449: a signature of zeros that a careless check takes for any message.</summary>
    [Theory]
    [InlineData("ES256", 64)]
    [InlineData("ES384", 96)]
    [InlineData("ES512", 132)]
    public async Task ASignatureOfZerosIsWrong(string algorithm, int length)
    {
        var signed = _stage.Mint.Sign(_stage.Claims(), algorithm).Reveal();
        var zeros = TokenMint.Text(new byte[length]);

        await _stage.RefuseAsync(new Secret($"{signed[..signed.LastIndexOf('.')]}.{zeros}"), "its signature is wrong");
    }

    [Theory]
    [InlineData("crit", """["exp"]""")]
    [InlineData("crit", "[]")]
    [InlineData("b64", "false")]
    [InlineData("b64", "true")]
    [InlineData("zip", "\"DEF\"")]
    [InlineData("enc", "\"A256GCM\"")]
    public async Task AnExtensionIsRefusedAndNotIgnored(string name, string value)
    {
        var header = _stage.Mint.Header();
        header[name] = JsonNode.Parse(value);

        await _stage.RefuseAsync(_stage.Mint.Sign(_stage.Claims(), header), $"has '{name}'");
    }

    private IEnumerable<byte[]> PublicForms()
    {
        yield return Encoding.ASCII.GetBytes(_stage.Mint.Rsa.ExportSubjectPublicKeyInfoPem());
        yield return Encoding.ASCII.GetBytes(_stage.Mint.Rsa.ExportSubjectPublicKeyInfoPem() + "\n");
        yield return _stage.Mint.Rsa.ExportSubjectPublicKeyInfo();
        yield return _stage.Mint.Rsa.ExportRSAPublicKey();
        yield return _stage.Mint.Rsa.ExportParameters(false).Modulus!;
    }
}
