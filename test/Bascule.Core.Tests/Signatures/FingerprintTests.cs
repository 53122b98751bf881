using Bascule.Core.Signatures;

namespace Bascule.Core.Tests.Signatures;

public sealed class FingerprintTests
{
    [Theory]
    [InlineData(
        "SHA256:ayo9tsIdRLCj6pf6BLMW0B0wE16gmLNgSryLPIF19Yw",
        "SHA256:ayo9tsIdRLCj6pf6BLMW0B0wE16gmLNgSryLPIF19Yw"
    )]
    [InlineData("9131 c4d2 8fb7 f08d 2661  415c d61b d14e 4841 7900", "9131C4D28FB7F08D2661415CD61BD14E48417900")]
    [InlineData("D61BD14E48417900", null)]
    [InlineData("SHA256:short", null)]
    [InlineData("SHA256:ayo9tsIdRLCj6pf6BLMW0B0wE16gmLNgSryLPIF19Y ", null)]
    [InlineData("MD5:11:22:33", null)]
    [InlineData("", null)]
    public void OnlyWholeFingerprintsAreTaken(string text, string? read) => Fingerprints.Read(text).ShouldBe(read);
}
