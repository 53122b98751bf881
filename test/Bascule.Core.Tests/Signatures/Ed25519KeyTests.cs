using System.Security.Cryptography;
using Bascule.Core.Signatures;

namespace Bascule.Core.Tests.Signatures;

/// <summary>With the tests of RFC 8032, section 7.1.</summary>
public sealed class Ed25519KeyTests
{
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )]
    public void SignsAsTheStandardDoes(string seed, string publicKey, string message, string signature)
    {
        using var key = Ed25519Key.FromSeed(Convert.FromHexString(seed));
        using var verifier = Ed25519Key.FromPublic(Convert.FromHexString(publicKey));

        Convert.ToHexStringLower(key.PublicKey).ShouldBe(publicKey);
        Convert.ToHexStringLower(key.Sign(Convert.FromHexString(message))).ShouldBe(signature);
        verifier.Verify(Convert.FromHexString(message), Convert.FromHexString(signature)).ShouldBeTrue();
    }

    [Fact]
    public void RefusesAnotherMessageAnotherSignatureAndAnotherLength()
    {
        using var key = Ed25519Key.FromSeed(new byte[32]);
        var signature = key.Sign([1, 2, 3]);
        byte[] changed = [.. signature];
        changed[40] ^= 1;

        key.Verify([1, 2, 3], signature).ShouldBeTrue();
        key.Verify([1, 2, 4], signature).ShouldBeFalse();
        key.Verify([1, 2, 3], changed).ShouldBeFalse();
        key.Verify([1, 2, 3], signature.AsSpan(0, 63)).ShouldBeFalse();
        key.Verify([1, 2, 3], [.. signature, 0]).ShouldBeFalse();
    }

    [Fact]
    public void RefusesKeysOfAnotherLengthAndAPublicKeyThatShouldSign()
    {
        using var key = Ed25519Key.FromSeed(new byte[32]);
        using var verifier = Ed25519Key.FromPublic(key.PublicKey);

        Should.Throw<CryptographicException>(() => Ed25519Key.FromSeed(new byte[31]));
        Should.Throw<CryptographicException>(() => Ed25519Key.FromPublic(new byte[33]));
        Should.Throw<InvalidOperationException>(() => verifier.Sign([1]));
    }
}
