using System.Buffers.Binary;
using System.Text;
using Bascule.Core.Signatures;

namespace Bascule.Core.Tests.Signatures;

public sealed class SshPublicKeyTests
{
    [Fact]
    public void AnEd25519KeyCountsUnderTheNameThatSshKeygenGivesIt()
    {
        var line = Line("ssh-ed25519", new byte[32]);

        var key = SshPublicKey.Parse(line + " ada@laptop").ShouldNotBeNull();

        (key.Type, key.Material, key.Weakness).ShouldBe(("ssh-ed25519", line, null));
        Fingerprints.Read(key.Fingerprint).ShouldBe(key.Fingerprint);
    }

    [Theory]
    [InlineData(1024, false)]
    [InlineData(2047, false)]
    [InlineData(2048, true)]
    [InlineData(4096, true)]
    public void AnRsaKeyCountsFrom2048Bits(int bits, bool counts)
    {
        var modulus = new byte[((bits + 7) / 8) + 1];
        modulus[1] = (byte)(1 << ((bits - 1) % 8));

        var key = SshPublicKey.Parse(Line("ssh-rsa", [1, 0, 1], modulus)).ShouldNotBeNull();

        (key.Weakness is null).ShouldBe(counts, key.Weakness);
    }

    [Theory]
    [InlineData("ssh-dss")]
    [InlineData("ssh-ed25519-cert-v01@openssh.com")]
    [InlineData("something-new")]
    public void OtherTypesDoNotCount(string type) =>
        SshPublicKey.Parse(Line(type, new byte[32])).ShouldNotBeNull().Weakness.ShouldNotBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-ed25519 %%%")]
    [InlineData("ssh-ed25519 AAAA")]
    [InlineData("ssh-ed25519 //////////8=")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----")]
    public void WhatIsNoKeyIsNone(string line) => SshPublicKey.Parse(line).ShouldBeNull();

    [Fact]
    public void AKeyThatSaysAnotherTypeInsideIsNone() =>
        SshPublicKey
            .Parse(Line("ssh-dss", new byte[32]).Replace("ssh-dss", "ssh-ed25519", StringComparison.Ordinal))
            .ShouldBeNull();

    private static string Line(string type, params byte[][] fields)
    {
        using var blob = new MemoryStream();
        foreach (var field in fields.Prepend(Encoding.ASCII.GetBytes(type)))
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
            blob.Write(length);
            blob.Write(field);
        }
        return $"{type} {Convert.ToBase64String(blob.ToArray())}";
    }
}
