using System.Text.Json;
using Bascule.Server.GitProxy.Lfs;

namespace Bascule.Server.Tests.GitProxy.Lfs;

/// <summary>What is taken of the addresses that a forge answers: what follows the repository, when it is of the object, and nothing else.</summary>
public sealed class LfsForgeTests
{
    private static readonly LfsPointer Asked = new(new string('a', 64), 5);

    [Theory]
    [InlineData("https://forge.example.com/ml/churn.git/info/lfs/objects/OID", "/info/lfs/objects/OID")]
    [InlineData("https://evil.example.com/info/lfs/objects/OID", "/info/lfs/objects/OID")]
    [InlineData("http://169.254.169.254/x.git/info/lfs/objects/OID/5", "/info/lfs/objects/OID/5")]
    [InlineData("https://forge.example.com/ml/churn.git/info/lfs/verify", "/info/lfs/verify")]
    [InlineData("https://forge.example.com/ml/churn.git/info/lfs/objects/OTHER", null)]
    [InlineData("https://forge.example.com/ml/churn.git/info/lfs/objects/OID?token=x", null)]
    [InlineData("https://forge.example.com/ml/churn.git/info/lfs/objects/OID/%2e%2e/x", null)]
    [InlineData("https://forge.example.com/ml/churn.git/info/lfs/objects/OID/..%2f..%2fapi", null)]
    [InlineData("https://forge.example.com/ml/churn.git/info/lfs/objects/OID;x", null)]
    [InlineData("https://storage.example.com/bucket/OID", null)]
    [Trait("Threat", "T78")]
    [Trait("Threat", "T93")]
    public void OnlyWhatFollowsTheRepositoryIsTakenOfAnAddress(string href, string? tail)
    {
        var offer = LfsForge.Read(Answer(Named(href))).Value[Asked];

        offer.Download.ShouldBe(tail is null ? null : Named(tail));
        offer.IsThere.ShouldBe(tail is not null);
    }

    private static string Named(string text) =>
        text.Replace("OID", Asked.Oid, StringComparison.Ordinal)
            .Replace("OTHER", new string('b', 64), StringComparison.Ordinal);

    private static byte[] Answer(string href) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                objects = new[]
                {
                    new
                    {
                        oid = Asked.Oid,
                        size = Asked.Size,
                        actions = new { download = new { href } },
                    },
                },
            }
        );
}
