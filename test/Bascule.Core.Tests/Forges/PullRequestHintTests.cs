using Bascule.Core.Forges;

namespace Bascule.Core.Tests.Forges;

[Trait("Threat", "T102")]
public sealed class PullRequestHintTests
{
    [Theory]
    [InlineData(7L, false)]
    [InlineData(8L, true)]
    [InlineData(null, true)]
    public void AHeadElsewhereOrGoneIsAFork(long? head, bool isFork) =>
        new PullRequestHint
        {
            RepositoryId = 7,
            Number = 1,
            Action = PullRequestAction.Opened,
            Title = "",
            Base = RefName.Parse("refs/heads/main"),
            HeadBranch = "x",
            HeadRepositoryId = head,
        }.FromFork.ShouldBe(isFork);
}
