using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Pushes;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class PushStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private static readonly RepositoryKey Repository = new("f-one", 7);
    private static readonly CommitId Head = CommitId.Parse(new string('a', 40));

    [Fact]
    public async Task APushIsFoundByWhatItLedTo()
    {
        var later = APush("push-2") with { At = Noon.AddMinutes(1), Account = null, ActorType = ActorType.Workload };

        await ApplyAsync(new AddPushedRef(later), new AddPushedRef(APush("push-1")));

        (await Storage.Pushes.ListAsync(Repository, Head, None)).ShouldBe([APush("push-1"), later]);
    }

    [Fact]
    public async Task AnotherCommitOrRepositoryHasNone()
    {
        await ApplyAsync(new AddPushedRef(APush("push-1")));

        (await Storage.Pushes.ListAsync(Repository, CommitId.Parse(new string('b', 40)), None)).ShouldBeEmpty();
        (await Storage.Pushes.ListAsync(Repository with { Id = 8 }, Head, None)).ShouldBeEmpty();
        (await Storage.Pushes.ListAsync(Repository with { ForgeUid = "f-two" }, Head, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task SeveralRefsOfOnePushAreKept()
    {
        var other = APush("push-1") with { Ref = RefName.Parse("refs/tags/v1") };

        await ApplyAsync(new AddPushedRef(APush("push-1")), new AddPushedRef(other));

        (await Storage.Pushes.ListAsync(Repository, Head, None)).ShouldBe([APush("push-1"), other]);
    }

    private static PushedRef APush(string id) =>
        new(Repository, RefName.Parse("refs/heads/main"), Head, ActorType.Human, "p-ada", "gt-1", id, Noon)
        {
            Account = new ForgeAccount(3, "ada"),
        };
}
