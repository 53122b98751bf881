using System.Diagnostics.CodeAnalysis;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Deployments;
using Bascule.Server.Events;
using Bascule.Server.Mirrors;
using Bascule.Server.Tests.GitProxy;
using Bascule.Storage;
using Bascule.Storage.Snapshots;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Deployments;

/// <summary>What was deployed is in the store: whoever has that can serve it, by a real git, though forge and mirrors are gone.</summary>
public sealed class DeployedPackTests(GitStage stage) : IClassFixture<GitStage>
{
    private static int s_replicas;

    private IDeploymentStore Store => stage.Get<IDeploymentStore>();

    [Fact]
    public async Task AReplicaBringsItThoughForgeAndMirrorAreGone()
    {
        var story = await DeployedStory.CreateAsync(stage, "stored");
        await story.DeployAsync(story.Repository.Train);
        var deployed = await story.DeployAsync(await story.Repository.AddAsync("train", "further"));
        using var replica = Replica(Store);

        var brought = await replica.BringAsync(story.Place, deployed.Commit, default);

        brought.Problem.ShouldBeNull();
        (await GitAsync(brought.Value, "rev-list", "--count", "refs/heads/deploy/prod")).ShouldBe(
            await GitAsync(await OwnAsync(story, deployed), "rev-list", "--count", "refs/heads/deploy/prod")
        );
        await GitAsync(brought.Value, "fsck", "--strict", "--full");
        (await Store.ListPacksAsync(story.Place, default)).Select(pack => pack.Number).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task ARestoredBackupBringsIt()
    {
        var story = await DeployedStory.CreateAsync(stage, "backed-up");
        var deployed = await story.DeployAsync(story.Repository.Train);
        var (snapshots, file) = (new Snapshots(TimeProvider.System, "1.2.3"), InFolder("deployed.backup"));
        var restored = InFolder("restored.db");
        (await snapshots.BackUpAsync(new SqlitePlace(Database), file, default)).Problem.ShouldBeNull();
        (await snapshots.RestoreAsync(new SqlitePlace(restored), file, default)).Problem.ShouldBeNull();
        await using var storage = await SqliteStorage.OpenAsync(restored, TimeProvider.System, default);
        using var replica = Replica(storage.Deployments);

        var found = (await storage.Deployments.FindAsync(story.Place, default)).ShouldNotBeNull();
        var brought = await replica.BringAsync(story.Place, found.Commit, default);

        found.Commit.ShouldBe(deployed.Commit);
        brought.Problem.ShouldBeNull();
        await GitAsync(brought.Value, "fsck", "--strict", "--full");
    }

    [Fact]
    public async Task GoingBackStoresNothingTwice()
    {
        var story = await DeployedStory.CreateAsync(stage, "back-stored");
        await story.DeployAsync(story.Repository.Train);
        await story.DeployAsync(await story.Repository.AddAsync("train", "bad"));

        (await story.RollBackAsync()).Problem.ShouldBeNull();

        (await Store.ListPacksAsync(story.Place, default)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task WhatIsLargerThanTheLimitIsNotStoredAndWhatFitsAloneTakesThePlaceOfTheRest()
    {
        var story = await DeployedStory.CreateAsync(stage, "limited");
        await story.DeployAsync(story.Repository.Train);
        var next = await story.DeployAsync(await story.Repository.AddAsync("train", "further"));
        var own = await OwnAsync(story, next);
        var unknown = CommitId.Parse(await story.Repository.AddAsync("train", "furthest"));
        (await stage.Get<DeployedRepositories>().BringAsync(story.Place, unknown, default)).Problem.ShouldBeNull();

        var nothing = await Packs(100).MakeAsync(own, story.Place, unknown, default);
        // As large as one pack of everything: three of them have each a beginning and an end.
        var all = (await own.PackAsync(unknown, [], long.MaxValue, default)).Value!;
        var whole = await Packs(all.Length).MakeAsync(own, story.Place, unknown, default);
        var off = await Packs(0).MakeAsync(own, story.Place, unknown, default);

        nothing.Value.ShouldBeEmpty();
        off.Value.ShouldBeEmpty();
        whole.Value[0].ShouldBe(new ForgetDeployedPacks(story.Place));
        whole.Value[1].ShouldBeOfType<KeepDeployedPack>().Pack.Number.ShouldBe(3);
    }

    [Theory]
    [InlineData("UPDATE deployed_part SET content = zeroblob(length(content))")]
    [InlineData("DELETE FROM deployed_part")]
    [InlineData("DELETE FROM deployed_pack WHERE number = 1")]
    public async Task WhatWasChangedInTheStoreIsNotServed(string change)
    {
        var story = await DeployedStory.CreateAsync(stage, $"changed-{Interlocked.Increment(ref s_replicas)}");
        await story.DeployAsync(story.Repository.Train);
        var deployed = await story.DeployAsync(await story.Repository.AddAsync("train", "further"));
        Execute(
            $"{change}{(change.Contains("WHERE", StringComparison.Ordinal) ? " AND" : " WHERE")} repository_id = {story.Place.Repository.Id}"
        );
        using var replica = Replica(Store);

        var refused = await replica.BringAsync(story.Place, deployed.Commit, default);

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.NotFound);
        using var mirrored = Replica(Store, stage.Get<RepositoryLookup>());
        (await mirrored.BringAsync(story.Place, deployed.Commit, default)).Problem.ShouldBeNull();
    }

    private string Database => Path.Combine(stage.World.DataFolder, "bascule.db");

    private string InFolder(string name) => Path.Combine(stage.World.Folder, name);

    /// <param name="lookup">Null where there is no forge, and so no mirror, any more.</param>
    private DeployedRepositories Replica(IDeploymentStore store, RepositoryLookup? lookup = null) =>
        new(
            new DeploymentOptions(InFolder($"replica-{Interlocked.Increment(ref s_replicas)}")),
            stage.Get<MirrorOptions>(),
            lookup
                ?? new RepositoryLookup(stage.Get<IRepositoryStore>(), new ForgeConnections([]), stage.Get<IMirrors>()),
            new DeployedPacks(store, DeployRefSettings.Default, NullLogger<DeployedPacks>.Instance)
        );

    private DeployedPacks Packs(long limit) =>
        new(Store, DeployRefSettings.Default with { StoreBytes = limit }, NullLogger<DeployedPacks>.Instance);

    private async Task<DeployedRepository> OwnAsync(DeployedStory story, Deployment deployed) =>
        (await stage.Get<DeployedRepositories>().BringAsync(story.Place, deployed.Commit, default)).Value;

    private Task<string> GitAsync(DeployedRepository repository, params string[] arguments) =>
        stage.User("none").GitAsync(["-C", repository.Path, .. arguments]);

    [SuppressMessage("Security", "CA2100", Justification = "Tests say what they mean.")]
    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA foreign_keys = ON; {sql}";
        command.ExecuteNonQuery();
    }
}
