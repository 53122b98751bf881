using System.Net;
using System.Net.Http.Json;
using Bascule.Simulators.Forges;

namespace Bascule.Simulators.Tests.Forges;

public sealed class ForgeFaultTests
{
    private const string Issues = "/api/v1/repos/acme/pipelines/issues";
    private static readonly string Bob = "token " + Recording.GiteaTokens["bob"];

    [Fact]
    public async Task AFailedRequestChangesNothingAndTheNextOneWorks()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client(Bob);
        world.Forge.Faults.FailNext("POST", "/issues$", 502);

        (await client.PostAsJsonAsync(Issues, new { title = "a" })).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        world.Forge.Issues(world.Repository).ShouldBeEmpty();

        (await client.PostAsJsonAsync(Issues, new { title = "b" })).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task ALostAnswerLeavesItsEffect()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client(Bob);
        world.Forge.Faults.LoseAnswerOfNext("POST", "/issues$");

        await Should.ThrowAsync<HttpRequestException>(() => client.PostAsJsonAsync(Issues, new { title = "a" }));

        world.Forge.Issues(world.Repository).ShouldHaveSingleItem().Title.ShouldBe("a");
    }

    [Fact]
    public async Task AnAnswerCanLieAboutItsEffect()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client(Bob);
        world.Forge.Faults.FailAfterNext("POST", "/issues$", 500);

        (await client.PostAsJsonAsync(Issues, new { title = "a" })).StatusCode.ShouldBe(
            HttpStatusCode.InternalServerError
        );

        world.Forge.Issues(world.Repository).Count.ShouldBe(1);
    }

    [Fact]
    public async Task APushWhoseAnswerIsLostHasStillHappened()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        world.Listen();
        var copy = await world.CloneAsync();
        var commit = await copy.CommitAsync("a", "1", "one");
        world.Forge.Faults.LoseAnswerOfNext("POST", "git-receive-pack$");

        (await copy.TryAsync("push", "origin", "HEAD")).Code.ShouldNotBe(0);

        (await copy.RunAsync("ls-remote", "origin", "HEAD")).ShouldStartWith(commit);
        (await world.HooksAsync()).ShouldHaveSingleItem().Event.ShouldBe("push");
    }

    [Theory]
    [Trait("Threat", "T80")]
    [InlineData(302)]
    [InlineData(307)]
    public async Task ARequestCanBeRedirectedElsewhere(int status)
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client(Bob);
        world.Forge.Faults.Redirect("*", "^/api/v1/user", status, "http://127.0.0.1:1/metadata");

        var answer = await client.GetAsync("/api/v1/user");

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.Location.ShouldBe(new Uri("http://127.0.0.1:1/metadata"));
        (await client.GetAsync("/api/v1/version")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T81")]
    public async Task EveryCredentialReceivedIsOnRecord()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gogs);
        using var client = world.Client("token canary-1");
        await client.PostAsJsonAsync("/api/v1/nowhere?x=1", new { canary = 2 });
        await world.CloneAsync();

        var first = world.Forge.Requests[0];
        (first.Path, first.Query, first.Authorization, first.Status).ShouldBe(
            ("/api/v1/nowhere", "?x=1", "token canary-1", 404)
        );
        first.Body.ShouldContain("canary");
        world.Forge.Requests.ShouldContain(r =>
            r.Path.EndsWith("/git-upload-pack") && r.Authorization!.StartsWith("Basic ")
        );
    }

    [Fact]
    public async Task OfflineNothingAnswersAndHooksWait()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client(Bob);
        world.Listen();
        world.Forge.Faults.GoOffline();

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/api/v1/version"));
        world.Forge.OpenIssue(world.Repository, "bob", "waits");
        world.Receiver.Hooks.ShouldBeEmpty();
        world.Forge.Faults.ComeBack();

        (await world.HooksAsync()).Count.ShouldBe(1);
        (await client.GetAsync("/api/v1/version")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AShareOfTheHooksIsLostEvenly()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        world.Listen();
        world.Forge.Faults.DropShare = 0.25;

        for (var i = 0; i < 8; i++)
        {
            world.Forge.OpenIssue(world.Repository, "bob", $"{i}");
        }

        (await world.HooksAsync()).Count.ShouldBe(6);
        world.Forge.Deliveries.Count(d => d.WasDropped).ShouldBe(2);
    }

    [Fact]
    public async Task AHookCanComeTwice()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        world.Listen();
        world.Forge.Faults.DuplicateNextHooks();

        world.Forge.OpenIssue(world.Repository, "bob", "twice");

        var hooks = await world.HooksAsync();
        hooks.Count.ShouldBe(2);
        hooks[0].Body.ShouldBe(hooks[1].Body);
    }

    [Fact]
    public async Task TheCallbackSeesBothSidesOfTheEffect()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client(Bob);
        List<string> seen = [];
        world.Forge.Faults.OnRequest = (method, path, phase) =>
            seen.Add($"{method} {path} {phase} {world.Forge.Issues(world.Repository).Count}");

        (await client.PostAsJsonAsync(Issues, new { title = "a" })).StatusCode.ShouldBe(HttpStatusCode.Created);

        seen.ShouldBe([$"POST {Issues} Before 0", $"POST {Issues} After 1"]);
    }

    [Theory]
    [InlineData(RequestPhase.Before, 0)]
    [InlineData(RequestPhase.After, 1)]
    public async Task AThrowingCallbackBreaksTheConnection(RequestPhase phase, int issues)
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client(Bob);
        world.Forge.Faults.OnRequest = (_, _, now) =>
        {
            if (now == phase)
            {
                throw new InvalidOperationException("cut");
            }
        };

        await Should.ThrowAsync<HttpRequestException>(() => client.PostAsJsonAsync(Issues, new { title = "a" }));

        world.Forge.Issues(world.Repository).Count.ShouldBe(issues);
    }

    [Fact]
    public async Task EveryResultSaysItIsSimulated()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Forgejo);
        using var client = world.Client();

        var answer = await client.GetAsync("/api/v1/version");

        answer.Headers.GetValues("X-Simulator").ShouldBe(["bascule-forge"]);
        world.Forge.Label.ShouldStartWith("forge simulator (");
    }
}
