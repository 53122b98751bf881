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
