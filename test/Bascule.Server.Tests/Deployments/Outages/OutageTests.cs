using System.Net;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Work;

namespace Bascule.Server.Tests.Deployments.Outages;

/// <summary>What is deployed can be had while the database is away: by whoever had it before, and by nobody else. A real server, PostgreSQL and git.</summary>
[Trait("Threat", "T91")]
public sealed class OutageTests
{
    [Fact]
    [Trait("Threat", "T116")]
    public async Task WhoFollowedBeforeGoesOnAndTheAuditLogHasItAfterwards()
    {
        await using var stage = await OutageStage.StartAsync();
        var deployed = await stage.DeployAsync(await stage.PushAsync("first"));
        var token = await stage.ExchangeAsync("dag-one");
        await stage.RememberAsync();
        await stage.LoseDatabaseAsync();

        (await stage.CloneAsync(token)).ShouldBe(deployed);
        var other = await stage.ExchangeAsync("dag-one");
        (await stage.CloneAsync(other)).ShouldBe(deployed);

        await stage.ReturnAsync();
        var fetched = await stage.SpooledAsync(AuditTypes.GitFetched, 2);
        fetched.ShouldAllBe(entry => (string)entry["facts"]!["served_by"]! == "deployed");
        var given = (await stage.SpooledAsync(AuditTypes.GitTokenGiven, 1)).ShouldHaveSingleItem();
        fetched
            .Select(entry => (string)entry["links"]!["git_token"]!)
            .ShouldContain((string)given["links"]!["git_token"]!);
        (await stage.CloneAsync(await stage.ExchangeAsync("dag-one"))).ShouldBe(deployed);
    }

    /// <summary>What is away moves nothing.</summary>
    [Fact]
    public async Task WhoWaitsForTheRefIsToldThatItHasNotMoved()
    {
        await using var stage = await OutageStage.StartAsync();
        var deployed = CommitId.Parse(await stage.DeployAsync(await stage.PushAsync("first")));
        var token = new Secret(await stage.ExchangeAsync("dag-one"));
        await stage.RememberAsync();
        using var client = new DeployRefClient(stage.One.ListenUrl, Path.Combine(stage.World.Folder, "ca.pem"));
        var before = client.WaitAsync(stage.AddressAt(), token, deployed, default);
        await stage.UnderWayAsync();

        await stage.LoseDatabaseAsync();

        (await before).Value.ShouldBe(new DeployedCommit(deployed, HasWaited: true));
        (await client.WaitAsync(stage.AddressAt(), token, deployed, default)).Value.Commit.ShouldBe(deployed);
    }

    [Fact]
    public async Task ItGoesOnForAnHourWithTokensThatAreGivenMeanwhile()
    {
        await using var stage = await OutageStage.StartAsync();
        var deployed = await stage.DeployAsync(await stage.PushAsync("first"));
        var first = await stage.ExchangeAsync("dag-one");
        await stage.RememberAsync();
        await stage.LoseDatabaseAsync();
        var early = await stage.ExchangeAsync("dag-one");

        stage.Clock.Off = TimeSpan.FromHours(1);

        foreach (var expired in new[] { first, early })
            await stage.RefuseAsync(expired);
        (await stage.CloneAsync(await stage.ExchangeAsync("dag-one"))).ShouldBe(deployed);
        stage.Clock.Off = TimeSpan.FromHours(25);
        (await stage.TryExchangeAsync("dag-one")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task NobodyElseGetsAnythingAndNothingElseIsGiven()
    {
        await using var stage = await OutageStage.StartAsync();
        await stage.DeployAsync(await stage.PushAsync("first"));
        var good = await stage.ExchangeAsync("dag-one");
        var branch = await stage.ExchangeAsync("train");
        var revoked = await stage.ExchangeAsync("dag-revoked");
        await stage.ExchangeAsync("once");
        await stage.RememberAsync();
        await stage.RevokeAsync(revoked);
        await stage.LoseDatabaseAsync();

        foreach (
            var refused in new[] { branch, revoked, "bsc_g_" + new string('1', 64), "bsc_g_" + new string('1', 800) }
        )
            await stage.RefuseAsync(refused);
        await stage.User(good).FailAsync("push", stage.AddressAt(), "HEAD:refs/heads/main");
        foreach (var subject in new[] { "dag-unknown", "train", "once", "stranger" })
            (await stage.TryExchangeAsync(subject)).Status.ShouldBe(HttpStatusCode.ServiceUnavailable, subject);
        (await stage.TryExchangeAsync("dag-one", scope: "git:push")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var expired = await stage.TryExchangeAsync("dag-one", change: claims => claims["exp"] = 1_000_000_000);
        expired.Status.ShouldBe(HttpStatusCode.BadRequest);
        await stage.User(good).GitAsync("ls-remote", stage.AddressAt());
        // As ever: a token was revoked, and not who held it, who may have ended it as they stopped.
        await stage.User(await stage.ExchangeAsync("dag-revoked")).GitAsync("ls-remote", stage.AddressAt());
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task WhoIsRetiredWasRetiredForTheOutageToo()
    {
        await using var stage = await OutageStage.StartAsync();
        await stage.DeployAsync(await stage.PushAsync("first"));
        await stage.ExchangeAsync("dag-one");
        await stage.RememberAsync();
        await stage.LoseDatabaseAsync();
        var given = await stage.ExchangeAsync("dag-one");
        await stage.ReturnAsync();
        var holder = (string)(await stage.SpooledAsync(AuditTypes.GitTokenGiven, 1))[0]["actor"]!;
        await stage.User(given).GitAsync("ls-remote", stage.AddressAt());

        await stage
            .Get<IWorkStore>()
            .ApplyAsync([new RetirePerson(holder.Split(':')[1], DateTimeOffset.UtcNow)], default);

        await stage.RememberAsync();
        await stage.LoseDatabaseAsync();
        await stage.RefuseAsync(given);
        (await stage.TryExchangeAsync("dag-one")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task OfTwoReplicasOneIsKilledAndTheOtherServesWhatItNeverServedAlsoWithoutTheDatabase()
    {
        await using var stage = await OutageStage.StartAsync();
        var two = await stage.AddReplicaAsync();
        var deployed = await stage.DeployAsync(await stage.PushAsync("first"));
        var token = await stage.ExchangeAsync("dag-one");
        await stage.RememberAsync();

        await stage.KillAsync(stage.One);

        (await stage.CloneAsync(token, two)).ShouldBe(deployed);
        await stage.LoseDatabaseAsync();
        (await stage.CloneAsync(token, two)).ShouldBe(deployed);
    }

    [Fact]
    public async Task ATokenOfOneReplicaIsGoodAtTheOther()
    {
        await using var stage = await OutageStage.StartAsync();
        var two = await stage.AddReplicaAsync();
        var deployed = await stage.DeployAsync(await stage.PushAsync("first"));
        await stage.ExchangeAsync("dag-one");
        await stage.RememberAsync();
        await stage.LoseDatabaseAsync();

        var given = await stage.ExchangeAsync("dag-one", stage.One);

        (await stage.CloneAsync(given, two)).ShouldBe(deployed);
        await stage.ReturnAsync();
        (await stage.CloneAsync(given, two)).ShouldBe(deployed);
    }

    [Fact]
    public async Task WithTheSettingAtZeroNobodyFetches()
    {
        await using var stage = await OutageStage.StartAsync("deploy_refs: { outage_hours: 0 }\n");
        await stage.DeployAsync(await stage.PushAsync("first"));
        var token = await stage.ExchangeAsync("dag-one");
        await stage.RememberAsync();
        await stage.User(token).GitAsync("ls-remote", stage.AddressAt());

        await stage.LoseDatabaseAsync();

        await stage.RefuseAsync(token);
        (await stage.TryExchangeAsync("dag-one")).Status.ShouldNotBe(HttpStatusCode.OK);
    }
}
