using System.Net;
using System.Net.Http.Headers;
using Bascule.Client;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.GitProxy;
using Bascule.Server.Tests.GitProxy;

namespace Bascule.Server.Tests.Deployments;

/// <summary>Who waits for a deploy ref to move is told when it does, and nothing that their token does not open.</summary>
public sealed class DeployWaitTests(GitStage stage) : IClassFixture<GitStage>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task WhoKnowsNothingIsToldAtOnce()
    {
        var story = await DeployAsync("told");

        using var answer = await AskAsync(story, story.Token(), known: null, "wait=20");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.ETag.ShouldBe(new EntityTagHeaderValue($"\"{story.Repository.Train}\""));
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await answer.Content.ReadAsStringAsync()).ShouldBe(story.Repository.Train + "\n");
    }

    [Fact]
    public async Task WhoKnowsItWaitsUntilItMoves()
    {
        var story = await DeployAsync("moved");
        using var client = new DeployRefClient(stage.Host.ListenUrl, CaFile);
        var waiting = client.WaitAsync(Address(story), new(story.Token()), Commit(story.Repository.Train), default);
        await UnderWayAsync(1);
        waiting.IsCompleted.ShouldBeFalse();

        var next = await story.Repository.PushAsync("train", "more");
        await story.DeployAsync(next);

        (await waiting).Value.ShouldBe(new DeployedCommit(Commit(next), HasWaited: true));
    }

    [Fact]
    public async Task WhereNothingMovesTheWaitEnds()
    {
        var story = await DeployAsync("still");

        using var waited = await AskAsync(story, story.Token(), story.Repository.Train, "wait=1");
        using var looked = await AskAsync(story, story.Token(), story.Repository.Train, prefer: null);

        waited.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        waited.Headers.GetValues("Preference-Applied").ShouldBe(["wait=1"]);
        looked.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        looked.Headers.Contains("Preference-Applied").ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T91")]
    public async Task ARevokedTokenWaitsNoLonger()
    {
        var story = await DeployAsync("revoked");
        var token = story.Token();
        var waiting = AskAsync(story, token, story.Repository.Train, "wait=20");
        await UnderWayAsync(1);

        stage.Passes.Revoke(token);

        await Should.ThrowAsync<HttpRequestException>(() => waiting);
        using var again = await AskAsync(story, token, story.Repository.Train, "wait=20");
        again.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Trait("Threat", "T88")]
    public async Task OnlyATokenForTheDeployRefIsTold()
    {
        var story = await DeployAsync("shown");
        var push = stage.Passes.Give(story.Repository.Key, "refs/heads/deploy/prod", GitVerb.Push);

        foreach (
            var (token, status) in new[]
            {
                (story.Token("refs/heads/train"), HttpStatusCode.NotFound),
                (story.Token("refs/**"), HttpStatusCode.NotFound),
                (story.Token("refs/heads/deploy/test"), HttpStatusCode.NotFound),
                (push, HttpStatusCode.Forbidden),
                ("bgt_unknown", HttpStatusCode.Unauthorized),
            }
        )
        {
            using var answer = await AskAsync(story, token, story.Repository.Train, "wait=20");
            answer.StatusCode.ShouldBe(status, token);
            (await answer.Content.ReadAsStringAsync()).ShouldNotContain(story.Repository.Train);
        }
    }

    /// <summary>Waiting takes none of the room that fetching needs.</summary>
    [Fact]
    [Trait("Threat", "T95")]
    public async Task WhoWaitsInTooManyPlacesIsAnsweredAtOnceAndCanStillFetch()
    {
        var story = await DeployAsync("crowd");
        var token = story.Token();
        var most = stage.Get<GitProxyOptions>().MaxWaitsPerHolder;
        var waiting = Enumerable
            .Range(0, most + 1)
            .Select(_ => AskAsync(story, token, story.Repository.Train, "wait=25"))
            .ToList();

        using var refused = await await Task.WhenAny(waiting);

        refused.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        refused.Headers.Contains("Preference-Applied").ShouldBeFalse();
        await stage.User(token).GitAsync("ls-remote", story.Repository.Address);
        var next = await story.Repository.PushAsync("train", "more");
        await story.DeployAsync(next);
        var told = await Task.WhenAll(waiting);
        told.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(most);
        foreach (var answer in told)
            answer.Dispose();
        using var after = await AskAsync(story, token, next, "wait=1");
        after.Headers.Contains("Preference-Applied").ShouldBeTrue();
    }

    [Fact]
    public async Task BeforeTheFirstDeploymentThereIsNothingToWaitFor()
    {
        var story = await DeployedStory.CreateAsync(stage, "unborn");

        using var answer = await AskAsync(story, story.Token(), story.Repository.Train, "wait=20");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private string CaFile => Path.Combine(stage.World.Folder, "ca.pem");

    private async Task<DeployedStory> DeployAsync(string name)
    {
        var story = await DeployedStory.CreateAsync(stage, "wait-" + name);
        await story.DeployAsync(story.Repository.Train);
        return story;
    }

    private string Address(DeployedStory story) => stage.Of(story.Repository.Path).AbsoluteUri;

    private static CommitId Commit(string text) => CommitId.Parse(text);

    private async Task<HttpResponseMessage> AskAsync(DeployedStory story, string token, string? known, string? prefer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(story) + "/deployed");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (known is not null)
            request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{known}\""));
        if (prefer is not null)
            request.Headers.Add("Prefer", prefer);
        return await stage.SendAsync(request);
    }

    private async Task UnderWayAsync(int count)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (stage.Get<GitStreams>().Count < count)
            await Task.Delay(20, deadline.Token);
    }
}
