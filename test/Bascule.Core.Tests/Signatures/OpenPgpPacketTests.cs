using Bascule.Core.Signatures;

namespace Bascule.Core.Tests.Signatures;

public sealed class OpenPgpPacketTests
{
    /// <summary>An ed25519 key made by gpg 2.2, its first packet in the old format; the name is what gpg gives it.</summary>
    private const string Packet = "mDMEawF+oBYJKwYBBAHaRw8BAQdAFx4CP723r8Oaa0q0ow4ln5o/3KAD1j7JoqJOv8pAIjQ=";
    private const string Fingerprint = "9131C4D28FB7F08D2661415CD61BD14E48417900";

    [Fact]
    public void APacketIsNamedAsGpgNamesItInEitherFormat()
    {
        OpenPgpPacket.FingerprintOf(Packet).ShouldBe(Fingerprint);

        var old = Convert.FromBase64String(Packet);
        byte[] renewed = [0xC6, old[1], .. old[2..]];
        OpenPgpPacket.FingerprintOf(Convert.ToBase64String(renewed)).ShouldBe(Fingerprint);
    }

    [Fact]
    public void WhatIsNotExactlyOnePublicKeyIsNone()
    {
        var bytes = Convert.FromBase64String(Packet);
        byte[][] wrong =
        [
            [.. bytes, 0],
            bytes[..^1],
            [.. bytes, .. bytes],
            [0x94, .. bytes[1..]],
            [bytes[0], bytes[1], 3, .. bytes[3..]],
            [],
        ];

        wrong.ShouldAllBe(packet => OpenPgpPacket.FingerprintOf(Convert.ToBase64String(packet)) == null);
        OpenPgpPacket.FingerprintOf("no base 64").ShouldBeNull();
    }
}
