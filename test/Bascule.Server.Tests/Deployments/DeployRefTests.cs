using System.Net;
using System.Net.Http.Headers;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.Deployments;
using Bascule.Server.Events;
using Bascule.Server.Mirrors;
using Bascule.Server.Tests.GitProxy;

namespace Bascule.Server.Tests.Deployments;

/// <summary>What follows a deploy ref with a real git gets what was deployed, and nothing else.</summary>
public sealed class DeployRefTests(GitStage stage) : IClassFixture<GitStage>
{
    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    public async Task WhoeverFollowsTheRefGetsWhatWasDeployedAndNothingElse(string version)
    {
        var story = await DeployedStory.CreateAsync(stage, $"followed-{version}");
        var first = story.Repository.Train;
        await story.DeployAsync(first);
        var follower = story.User(version);

        await follower.GitAsync("clone", "-q", story.Repository.Address, ".");

        (await follower.GitAsync("rev-parse", "HEAD")).ShouldBe(first);
        (await follower.GitAsync("ls-remote", "origin"))
            .Split('\n')
            .Select(line => line.Split('\t')[1])
            .ShouldBe(["HEAD", "refs/heads/deploy/prod"]);
        var next = await story.Repository.PushAsync("train", "more");
        await story.DeployAsync(next);
        await follower.GitAsync("fetch", "-q", "origin");
        (await follower.GitAsync("rev-parse", "origin/deploy/prod")).ShouldBe(next);
        await follower.GitAsync("fsck", "--strict");
    }

    [Fact]
    [Trait("Threat", "T88")]
    public async Task WhatWasNotDeployedIsHandedToNobodyWhoKnowsItsId()
    {
        var story = await DeployedStory.CreateAsync(stage, "hidden");
        var repository = story.Repository;
        await story.DeployAsync(repository.Train);

        (await repository.WantAsync(story.Token(), "2", repository.Train)).ShouldContain("PACK", Case.Sensitive);
        foreach (var hidden in new[] { repository.Hidden, repository.HiddenBlob })
            (await repository.WantAsync(story.Token(), "2", hidden)).ShouldNotContain("PACK", Case.Sensitive);
    }

    [Fact]
    [Trait("Threat", "T138")]
    public async Task ABranchOfThatNameAtTheForgeIsNotTheDeployRef()
    {
        var story = await DeployedStory.CreateAsync(stage, "forged");
        await story.DeployAsync(story.Repository.Train);

        await story.Repository.Developer.GitAsync(
            "push",
            "-q",
            "origin",
            $"{story.Repository.Hidden}:refs/heads/deploy/prod"
        );

        (await story.User().GitAsync("ls-remote", story.Repository.Address, "refs/heads/deploy/prod")).ShouldStartWith(
            story.Repository.Train
        );
        var branches = stage.User(story.Token("refs/heads/**"));
        (await branches.GitAsync("ls-remote", story.Repository.Address)).ShouldNotContain("deploy/prod");
    }

    [Fact]
    public async Task NobodyPushesADeployRefThroughTheProxy()
    {
        var user = stage.User(stage.WorkloadToken(GitVerb.Fetch, GitVerb.Push));
        await user.GitAsync("clone", "-q", stage.Address.AbsoluteUri, ".");

        var refused = await user.FailAsync("push", "origin", "HEAD:refs/heads/deploy/prod");

        refused.ShouldContain("is moved by Bascule alone");
        await user.GitAsync("push", "-q", "origin", "HEAD:refs/heads/prod");
    }

    [Fact]
    public async Task BeforeTheFirstDeploymentThereIsNothing()
    {
        var story = await DeployedStory.CreateAsync(stage, "empty");
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            stage.Of($"{story.Repository.Path}/info/refs?service=git-upload-pack")
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", story.Token());

        using var answer = await stage.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("nothing has been deployed to environment 'prod'");
    }

    [Fact]
    public async Task AnAddressOfAnotherNameOpensNothing()
    {
        var story = await DeployedStory.CreateAsync(stage, "named");
        var other = await DeployedStory.CreateAsync(stage, "others");
        await story.DeployAsync(story.Repository.Train);

        await stage.User(story.Token()).FailAsync("ls-remote", other.Repository.Address);
        await stage.User(story.Token("refs/heads/deploy/test")).FailAsync("ls-remote", story.Repository.Address);
    }

    [Fact]
    public async Task WhatIsDeployedCanBeHadWhileTheForgeIsDown()
    {
        var story = await DeployedStory.CreateAsync(stage, "offline");
        await story.DeployAsync(story.Repository.Train);
        stage.World.Forge.Faults.GoOffline();
        try
        {
            await story.User().GitAsync("clone", "-q", story.Repository.Address, ".");
            await stage.User(story.Token("refs/heads/train")).FailAsync("ls-remote", story.Repository.Address);
        }
        finally
        {
            stage.World.Forge.Faults.ComeBack();
        }
    }

    [Fact]
    public async Task WhatTheStoreDoesNotHaveComesFromTheMirrorOfTheReplica()
    {
        var story = await DeployedStory.CreateAsync(stage, "replica");
        var commit = CommitId.Parse(story.Repository.Train);
        using var second = new DeployedRepositories(
            new DeploymentOptions(Path.Combine(stage.World.Folder, "second-replica")),
            stage.Get<MirrorOptions>(),
            stage.Get<RepositoryLookup>(),
            stage.Get<DeployedPacks>()
        );

        var brought = await second.BringAsync(story.Place, commit, default);

        brought.Problem.ShouldBeNull();
        var refs = await File.ReadAllTextAsync(Path.Combine(brought.Value.Path, "packed-refs"));
        refs.ShouldContain($"{commit} refs/heads/deploy/prod");
    }

    [Fact]
    public async Task ARunMovesTheRefOnceHoweverOftenItIsTakenUp()
    {
        var story = await DeployedStory.CreateAsync(stage, "again");
        var run = story.RunOf(story.Repository.Train);

        var moves = new[] { await story.MoveAsync(run), await story.MoveAsync(run), await story.MoveAsync(run) };

        moves.ShouldAllBe(move => move.Problem == null && move.Value.Generation == 1);
        (await stage.EntriesAsync(AuditTypes.DeployRefMoved))
            .Count(entry => (string?)entry["links"]!["run"] == run.Id.Text)
            .ShouldBe(1);
    }

    [Fact]
    public async Task OfTwoWhoMoveItAtOnceOneIsToldToLookAgain()
    {
        var story = await DeployedStory.CreateAsync(stage, "both");
        await story.DeployAsync(story.Repository.Train);

        var moves = await Task.WhenAll(
            story.MoveAsync(story.RunOf(story.Repository.Train)),
            story.MoveAsync(story.RunOf(story.Repository.Train))
        );

        var moved = moves.Where(move => move.Problem is null).Select(move => move.Value.Generation).ToList();
        moved.ShouldBeUnique();
        moves.Where(move => move.Problem is not null).ShouldAllBe(move => move.Problem!.Code == ProblemCode.Conflict);
        (await stage.Get<IDeploymentStore>().FindAsync(story.Place, default))!.Generation.ShouldBe(moved.Max());
    }

    [Fact]
    [Trait("Threat", "T138")]
    public async Task ARollbackGoesToTheLastGoodVersionAndKeepsTheBadOneOut()
    {
        var story = await DeployedStory.CreateAsync(stage, "rolled-back");
        var good = story.Repository.Train;
        await story.DeployAsync(good);
        var bad = await story.Repository.PushAsync("train", "bad");
        await story.DeployAsync(bad);
        var follower = story.User();
        await follower.GitAsync("clone", "-q", story.Repository.Address, ".");

        var back = await story.RollBackAsync();

        back.Problem.ShouldBeNull();
        (back.Value.Commit.ToString(), back.Value.Run, back.Value.Generation).ShouldBe((good, null, 3));
        await follower.GitAsync("fetch", "-q", "origin");
        (await follower.GitAsync("rev-parse", "origin/deploy/prod")).ShouldBe(good);
        var again = await story.MoveAsync(story.RunOf(bad));
        again.Problem!.Code.ShouldBe(ProblemCode.Denied);
        again.Problem.Message.ShouldContain("was rolled back in environment 'prod' (the forecast is empty)");
        var mended = await story.Repository.AddAsync("train", "mended");
        (await story.DeployAsync(mended)).Generation.ShouldBe(4);
        var entry = (await stage.EntriesAsync(AuditTypes.DeployRefMoved)).Single(one =>
            (string?)one["facts"]!["rolled_back_because"] is not null && (string?)one["facts"]!["before"] == bad
        );
        ((string?)entry["actor"], (string?)entry["facts"]!["after"]).ShouldBe(("person:p-ada", good));
    }

    [Fact]
    [Trait("Threat", "T138")]
    public async Task ARollbackSkipsWhatWasRolledBackItself()
    {
        var story = await DeployedStory.CreateAsync(stage, "twice-back");
        var good = story.Repository.Train;
        await story.DeployAsync(good);
        await story.DeployAsync(await story.Repository.PushAsync("train", "bad"));
        (await story.RollBackAsync()).Problem.ShouldBeNull();
        await story.DeployAsync(await story.Repository.PushAsync("train", "worse"));

        var back = await story.RollBackAsync();

        back.Value.Commit.ToString().ShouldBe(good);
        (await story.RollBackAsync()).Problem!.Message.ShouldContain("there is nothing to go back to");
    }

    [Fact]
    public async Task WhoeverAsksTwiceGoesBackOnce()
    {
        var story = await DeployedStory.CreateAsync(stage, "back-once");
        await story.DeployAsync(story.Repository.Train);
        await story.DeployAsync(await story.Repository.PushAsync("train", "second"));
        await story.DeployAsync(await story.Repository.PushAsync("train", "bad"));

        var backs = await Task.WhenAll(story.RollBackAsync(3), story.RollBackAsync(3));

        backs.Count(back => back.Problem is null).ShouldBe(1);
        backs.Single(back => back.Problem is not null).Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await story.RollBackAsync(3)).Problem!.Code.ShouldBe(ProblemCode.Conflict, "they saw another commit there");
        (await stage.Get<IDeploymentStore>().FindAsync(story.Place, default))!.Generation.ShouldBe(4);
    }

    [Fact]
    public async Task WhereNothingWasDeployedThereIsNothingToRollBack()
    {
        var story = await DeployedStory.CreateAsync(stage, "nothing-back");
        (await story.RollBackAsync()).Problem!.Code.ShouldBe(ProblemCode.NotFound);

        await story.DeployAsync(story.Repository.Train);

        (await story.RollBackAsync()).Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await stage.Get<IDeploymentStore>().FindAsync(story.Place, default))!.Generation.ShouldBe(1);
    }
}
