using System.Security.Cryptography;
using Bascule.Server.GitProxy.Lfs;

namespace Bascule.Server.Tests.GitProxy.Lfs;

public sealed class HashedStreamTests
{
    [Theory]
    [InlineData(99, 99)]
    [InlineData(100, 100)]
    [InlineData(101, 101)]
    [InlineData(10_000, 101)]
    [Trait("Threat", "T69")]
    [Trait("Threat", "T95")]
    public async Task ReadsOneByteMoreThanThereMayBeAndNoFurther(int sent, int read)
    {
        using var source = new MemoryStream(RandomNumberGenerator.GetBytes(sent));
        await using var stream = new HashedStream(source, most: 100);

        await stream.CopyToAsync(Stream.Null);

        stream.Count.ShouldBe(read);
        source.Position.ShouldBe(read);
        stream.Digest().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(source.ToArray().AsSpan(0, read))));
    }
}
