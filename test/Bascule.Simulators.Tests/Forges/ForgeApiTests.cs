using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Bascule.Simulators.Forges;

namespace Bascule.Simulators.Tests.Forges;

public sealed class ForgeApiTests
{
    private const string Repository = "/api/v1/repos/acme/pipelines";

    [Fact]
    public async Task GogsListsTenIssuesToAPageAndTakesAllForOpen()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gogs);
        using var client = world.Client("token " + Recording.GogsTokens["bob"]);
        for (var i = 1; i <= 12; i++)
        {
            world.Forge.OpenIssue(world.Repository, "bob", $"{i}");
        }

        world.Forge.EditIssue(world.Repository, 1, "bob", state: "closed");
        var first = await client.GetAsync(Repository + "/issues?state=all");
        var second = await client.GetFromJsonAsync<JsonArray>(Repository + "/issues?state=all&page=2");

        (await first.Content.ReadFromJsonAsync<JsonArray>())!.Count.ShouldBe(10);
        first.Headers.GetValues("Link").Single().ShouldContain("/issues?page=2>; rel=\"next\"");
        second!.Select(i => i!["number"]!.GetValue<int>()).ShouldBe([2]);
    }

    [Theory]
    [InlineData("""{"branch_name":"main","enable_status_check":true}""", HttpStatusCode.Created)]
    [InlineData("""{"branch_name":"gone"}""", HttpStatusCode.NotFound)]
    [InlineData("""{"branch_name":"main","enable_status_checks":true}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"branch_name":"main","enable_push":"true"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"branch_name":"main","status_check_contexts":[1]}""", HttpStatusCode.UnprocessableEntity)]
    public async Task AProtectionSaysOnlyWhatTheDescriptionKnows(string body, HttpStatusCode status)
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client("token " + world.TokenOf("labadmin"));
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var answer = await client.PostAsync(Repository + "/branch_protections", content);

        answer.StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea, HttpStatusCode.NotFound)]
    [InlineData(ForgeFlavour.Gogs, HttpStatusCode.InternalServerError)]
    public async Task CommentsOfAMissingIssueAreAnErrorOfTheServerOnGogs(ForgeFlavour flavour, HttpStatusCode status)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        using var client = world.Client("token " + world.TokenOf("bob"));

        (await client.GetAsync(Repository + "/issues/9/comments")).StatusCode.ShouldBe(status);
        (await client.PostAsJsonAsync(Repository + "/issues/9/comments", new { body = "x" })).StatusCode.ShouldBe(
            status
        );
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea, HttpStatusCode.NotFound)]
    [InlineData(ForgeFlavour.Gogs, HttpStatusCode.OK)]
    public async Task GogsEditsACommentOfAnotherRepository(ForgeFlavour flavour, HttpStatusCode status)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        var other = await world.Forge.CreateRepositoryAsync("bob", "other");
        world.Forge.OpenIssue(other, "bob", "there");
        var comment = world.Forge.AddComment(other, 1, "bob", "before");
        using var client = world.Client("token " + world.TokenOf("bob"));

        var answer = await client.PatchAsJsonAsync(
            $"{Repository}/issues/comments/{comment.Id}",
            new { body = "after" }
        );

        answer.StatusCode.ShouldBe(status);
        world.Forge.Comments(other)[0].Body.ShouldBe(status == HttpStatusCode.OK ? "after" : "before");
    }

    [Fact]
    public async Task ACombinedStatusPagesAndEndsEmpty()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client("token " + world.TokenOf("bob"));
        var tip = await world.Forge.CommitAsync(
            world.Repository,
            "bob",
            "main",
            "x",
            new Dictionary<string, string?> { ["x"] = "1" }
        );
        foreach (var context in (string[])["a", "b", "a"])
        {
            await client.PostAsJsonAsync($"{Repository}/statuses/{tip}", new { state = "success", context });
        }

        var first = await client.GetFromJsonAsync<JsonObject>($"{Repository}/commits/{tip}/status?limit=1");
        var third = await client.GetFromJsonAsync<JsonObject>($"{Repository}/commits/{tip}/status?limit=1&page=3");

        (first!["total_count"]!.GetValue<int>(), first["statuses"]!.AsArray().Count).ShouldBe((2, 1));
        third!["statuses"].ShouldBeNull();
        world.Forge.Statuses(world.Repository, tip).Select(s => s.Context).ShouldBe(["a", "b", "a"]);
    }

    [Fact]
    public async Task GiteaPagesTellTheirTotal()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client("token " + Recording.GiteaTokens["bob"]);
        for (var i = 1; i <= 60; i++)
        {
            world.Forge.OpenIssue(world.Repository, "bob", $"{i}");
        }

        var page = await client.GetAsync(Repository + "/issues?limit=1000&page=2");

        (await page.Content.ReadFromJsonAsync<JsonArray>())!.Count.ShouldBe(10);
        page.Headers.GetValues("X-Total-Count").ShouldBe(["60"]);
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea)]
    [InlineData(ForgeFlavour.Gogs)]
    public async Task ARevokedTokenIsNobodys(ForgeFlavour flavour)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        var token = world.Forge.AddToken("bob", value: "canary-token");
        using var client = world.Client("token " + token);
        (await client.GetAsync(Repository)).StatusCode.ShouldBe(HttpStatusCode.OK);

        world.Forge.RevokeToken(token);

        (await client.GetAsync(Repository)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync("/api/v1/user")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task ARenamedRepositoryKeepsItsIdAndLosesItsAddress()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client("token " + Recording.GiteaTokens["bob"]);

        world.Forge.RenameRepository(world.Repository, "renamed");

        (await client.GetAsync(Repository)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var found = await client.GetFromJsonAsync<JsonObject>($"/api/v1/repositories/{world.Repository.Id}");
        found!["full_name"]!.GetValue<string>().ShouldBe("acme/renamed");
        (await world.CloneAsync()).ShouldNotBeNull();
    }

    [Fact]
    public async Task AChangedSecretIsIgnoredByAPatch()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client("token " + Recording.GiteaTokens["labadmin"]);
        var hook = world.Listen();

        await client.PatchAsJsonAsync(
            $"{Repository}/hooks/{hook.Id}",
            new { config = new { secret = "changed" }, active = true }
        );

        var kept = world.Forge.Hooks(world.Repository).ShouldHaveSingleItem();
        kept.Secret.ShouldBe(world.Secret);
        kept.Events.ShouldBe(["push"]);
    }

    [Theory]
    [InlineData("bob", HttpStatusCode.Forbidden)]
    [InlineData("mallory", HttpStatusCode.NotFound)]
    [InlineData("labadmin", HttpStatusCode.OK)]
    public async Task OnlyAnAdministratorSeesHooks(string user, HttpStatusCode status)
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client("token " + Recording.GiteaTokens[user]);

        (await client.GetAsync(Repository + "/hooks")).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task ABodyThatIsNotJsonIsRefused()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client("token " + Recording.GiteaTokens["bob"]);

        (await client.PostAsync(Repository + "/issues", new StringContent("{"))).StatusCode.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
    }
}
