using Bascule.Core.Forges;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class RepositoryStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private static readonly CommitId A = Sample.Commit('a');
    private static readonly CommitId B = Sample.Commit('b');

    private IRepositoryStore Repositories => Storage.Repositories;

    [Fact]
    public async Task ARepositoryIsFoundByWhatItIsWhateverItIsCalled()
    {
        var first = ARepository("churn");
        await ApplyAsync(new SaveRepository(Sample.Repository, first));
        (await Repositories.FindAsync(Sample.Repository, None)).ShouldBe(first);
        await ApplyAsync(new SaveRepository(Sample.Repository, ARepository("renamed")));
        var (key, repository) = (await Repositories.ListAsync(None)).ShouldHaveSingleItem();
        (key, repository.FullName).ShouldBe((Sample.Repository, "ml/renamed"));
    }

    [Fact]
    public async Task AMoveIsRecordedWithItsRef()
    {
        var update = Sample.Update(1, before: null, A);
        await ApplyAsync(new RecordRefUpdate(update));
        (await Repositories.FindRefAsync(Sample.Repository, Sample.Main, None)).ShouldBe(
            new KnownRef(Sample.Main, A, 1, Noon)
        );
        (await Repositories.FindUpdateAsync(Sample.Repository, Sample.Main, 1, None)).ShouldBe(update);
    }

    [Fact]
    public async Task ABackAndForthMakesFourUpdates()
    {
        await RecordAsync(null, A, B, A, B);
        var updates = await Repositories.ListUpdatesAsync(Sample.Repository, None);
        updates.Select(update => update.After).ShouldBe([A, B, A, B]);
        updates.Select(update => update.Generation).ShouldBe([1, 2, 3, 4]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task AnyGenerationButTheNextIsAConflict(long generation)
    {
        await RecordAsync(null, A, B);
        await ShouldConflictAsync(new RecordRefUpdate(Sample.Update(generation, B, A)));
        (await Repositories.FindRefAsync(Sample.Repository, Sample.Main, None))!.Tip.ShouldBe(B);
        (await Repositories.ListUpdatesAsync(Sample.Repository, None)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task AnUnknownRefBeginsWithGenerationOne()
    {
        await ShouldConflictAsync(new RecordRefUpdate(Sample.Update(2, before: null, A)));
        (await Repositories.FindRefAsync(Sample.Repository, Sample.Main, None)).ShouldBeNull();
    }

    [Fact]
    public async Task OfManyWhoRecordTheSameGenerationOneWins()
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ => Storage.Work.ApplyAsync([new RecordRefUpdate(Sample.Update(1, null, A))], None))
        );
        answers.Count(answer => answer.Problem is null).ShouldBe(1);
    }

    [Fact]
    public async Task ADeletedRefKeepsItsGeneration()
    {
        await RecordAsync(null, A, null);
        var known = await Repositories.FindRefAsync(Sample.Repository, Sample.Main, None);
        known.ShouldBe(new KnownRef(Sample.Main, Tip: null, 2, Noon));
    }

    [Fact]
    public async Task RefsAreToldApartByCase()
    {
        await RecordAsync(null, A);
        (await Repositories.FindRefAsync(Sample.Repository, RefName.Parse("refs/heads/Main"), None)).ShouldBeNull();
        (await Repositories.FindRefAsync(new RepositoryKey("f-two", 7), Sample.Main, None)).ShouldBeNull();
    }

    [Fact]
    public async Task APullRequestIsFoundAsItWasSavedLast()
    {
        var pull = Sample.PullRequest(4) with { Head = A, Author = new ForgeAccount(3, "ada") };
        await ApplyAsync(new SavePullRequest(pull));
        (await Repositories.FindPullRequestAsync(Sample.Repository, 4, None)).ShouldBe(pull);
        var retitled = pull with { Title = "Try alpha 0.3", FromFork = true };
        await ApplyAsync(new SavePullRequest(retitled));
        (await Repositories.FindPullRequestAsync(Sample.Repository, 4, None)).ShouldBe(retitled);
        (await Repositories.FindPullRequestAsync(Sample.Repository, 5, None)).ShouldBeNull();
    }

    [Fact]
    public async Task APullRequestIsFoundByTheCommitThatMergedIt()
    {
        var merged = Sample.PullRequest(4) with { State = PullRequestState.Merged, MergeCommit = B };
        await ApplyAsync(
            new SavePullRequest(merged),
            new SavePullRequest(Sample.PullRequest(5) with { MergeCommit = A })
        );
        (await Repositories.FindMergedAsAsync(Sample.Repository, B, None)).ShouldBe(merged);
        (await Repositories.FindMergedAsAsync(Sample.Repository, A, None)).ShouldBeNull();
        (await Repositories.FindMergedAsAsync(new RepositoryKey("f-two", 7), B, None)).ShouldBeNull();
    }

    private static ForgeRepository ARepository(string name) =>
        new()
        {
            Id = 7,
            Owner = "ml",
            Name = name,
            DefaultBranch = "main",
            Private = true,
            CanAdminister = true,
            UpdatedAt = Noon,
        };

    private async Task RecordAsync(params CommitId?[] tips)
    {
        for (var generation = 1; generation < tips.Length; generation++)
        {
            await ApplyAsync(new RecordRefUpdate(Sample.Update(generation, tips[generation - 1], tips[generation])));
        }
    }
}
