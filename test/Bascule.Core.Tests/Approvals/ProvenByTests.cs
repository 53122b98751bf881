using Bascule.Core.Approvals;

namespace Bascule.Core.Tests.Approvals;

public sealed class ProvenByTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void IsReadBackFromATimeline(bool isPush)
    {
        var by = new ProvenBy("p-abcdefghijklmnop", "SHA256:x/y+z") { IsPush = isPush };

        ProvenBy.Read(by.ToString()).ShouldBe(by);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Databricks run 42")]
    [InlineData("signed by somebody")]
    [InlineData("pushed through Bascule by p-a")]
    public void OtherWordsAreNoProof(string text) => ProvenBy.Read(text).ShouldBeNull();
}
