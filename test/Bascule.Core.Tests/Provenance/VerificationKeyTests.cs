using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Provenance.Keys;
using Bascule.Testing.Keys;

namespace Bascule.Core.Tests.Provenance;

public sealed class VerificationKeyTests
{
    [Fact]
    public void KeysGoThroughPemAndThroughThePublishedList()
    {
        using var one = new TestSigner();
        using var other = new TestSigner();
        var noon = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        VerificationKey[] keys = [one.Key.Within(noon, noon.AddDays(1)), other.Key];

        var pem = VerificationKeys.Read(Encoding.UTF8.GetBytes(VerificationKeys.ToPem(keys))).Value;
        var json = VerificationKeys.Read(Encoding.UTF8.GetBytes(VerificationKeys.ToJson(keys))).Value;

        pem.Select(key => key.Id).ShouldBe([one.Key.Id, other.Key.Id]);
        json.Select(key => (key.Id, key.From, key.Until))
            .ShouldBe([(one.Key.Id, noon, noon.AddDays(1)), (other.Key.Id, null, null)]);
    }

    [Fact]
    public void OtherCurvesAndPrivateKeysAreRefused()
    {
        using var wide = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);

        foreach (
            var pem in new[]
            {
                wide.ExportSubjectPublicKeyInfoPem(),
                rsa.ExportSubjectPublicKeyInfoPem(),
                own.ExportPkcs8PrivateKeyPem(),
                "no key",
            }
        )
            VerificationKeys.Read(Encoding.UTF8.GetBytes(pem)).Problem.ShouldNotBeNull();
    }

    [Fact]
    public void RawSignaturesBecomeDerWhateverTheirNumbersBeginWith()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var digest = SHA256.HashData("x"u8);
        for (var i = 0; i < 600; i++)
        {
            var der = EcdsaSignature.ToDer(key.SignHash(digest)).ShouldNotBeNull();
            key.VerifyHash(digest, der, DSASignatureFormat.Rfc3279DerSequence).ShouldBeTrue();
        }
        EcdsaSignature.ToDer(new byte[63]).ShouldBeNull();
    }

    [Fact]
    public void APointBesideTheCurveIsNoKey()
    {
        var point = new byte[32];
        point[31] = 1;

        VerificationKey.FromPoint(point, point).Problem.ShouldNotBeNull();
    }
}
