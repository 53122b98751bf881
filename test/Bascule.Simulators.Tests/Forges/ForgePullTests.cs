using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Bascule.Simulators.Forges;

namespace Bascule.Simulators.Tests.Forges;

public sealed partial class ForgePullTests
{
    [Theory]
    [InlineData(ForgeFlavour.Gitea, true)]
    [InlineData(ForgeFlavour.Gogs, false)]
    public async Task ThePullRequestsRefIsThereBeforeItsHookOnGiteaAndAfterItOnGogs(ForgeFlavour flavour, bool isThere)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        world.Listen();
        var copy = await WithBranchAsync(world, "pr-1");
        var seen = "";
        world.Receiver.Answer = async h =>
        {
            seen += h.Event == "pull_request" ? await copy.RunAsync("ls-remote", "origin", "refs/pull/*/head") : "";
            return 200;
        };

        var pull = await world.Forge.OpenPullRequestAsync(
            world.Repository,
            "alice",
            "pr-1",
            world.Repository.DefaultBranch,
            "PR"
        );

        await world.HooksAsync();
        (seen.Length > 0).ShouldBe(isThere);
        (await copy.RunAsync("ls-remote", "origin", $"refs/pull/{pull.Number}/head")).ShouldStartWith(pull.HeadSha);
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea)]
    [InlineData(ForgeFlavour.Gogs)]
    public async Task AForksPullRequestFollowsItsBranch(ForgeFlavour flavour)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        var fork = await world.Forge.ForkRepositoryAsync(world.Repository, "mallory");
        world.Forge.SetCollaborator(world.Repository, "mallory", ForgeAccess.Read);
        var copy = await world.CloneAsync("mallory", repository: fork);
        await copy.RunAsync("switch", "-q", "-c", "evil");
        await copy.CommitAsync("e", "1", "one");
        await copy.RunAsync("push", "-q", "origin", "evil");
        await world.Forge.OpenPullRequestAsync(
            world.Repository,
            "mallory",
            "mallory:evil",
            world.Repository.DefaultBranch,
            "x"
        );
        world.Listen();
        var moved = await copy.CommitAsync("e", "2", "two");

        await copy.RunAsync("push", "-q", "origin", "evil");

        (await world.HooksAsync()).ShouldHaveSingleItem().Text.ShouldContain("\"action\": \"synchronized\"");
        var ours = await world.CloneAsync();
        (await ours.RunAsync("ls-remote", "origin", "refs/pull/1/head")).ShouldStartWith(moved);
        await ours.RunAsync("fetch", "-q", "origin", "refs/pull/1/head");
    }

    [Fact]
    public async Task AConflictIsRefusedAndNothingIsMerged()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        await WithBranchAsync(world, "pr-1", "same.txt");
        var pull = await world.Forge.OpenPullRequestAsync(world.Repository, "alice", "pr-1", "main", "PR");
        var tip = await world.Forge.CommitAsync(
            world.Repository,
            "bob",
            "main",
            "other",
            new Dictionary<string, string?> { ["same.txt"] = "other" }
        );

        var refused = await Should.ThrowAsync<ForgeRefusedException>(() =>
            world.Forge.MergePullRequestAsync(world.Repository, pull.Number, "labadmin")
        );

        refused.Status.ShouldBe(405);
        using var client = world.Client("token " + world.TokenOf("bob"));
        var shown = await client.GetFromJsonAsync<System.Text.Json.Nodes.JsonObject>(
            "/api/v1/repos/acme/pipelines/pulls/1"
        );
        shown!["mergeable"]!.GetValue<bool>().ShouldBeFalse();
        world.Forge.PullRequests(world.Repository)[0].IsMerged.ShouldBeFalse();
        (await (await world.CloneAsync()).RunAsync("rev-parse", "HEAD")).ShouldBe(tip);
    }

    [Fact]
    public async Task AReaderMayNotMerge()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        world.Forge.SetCollaborator(world.Repository, "mallory", ForgeAccess.Read);
        await WithBranchAsync(world, "pr-1");
        await world.Forge.OpenPullRequestAsync(world.Repository, "alice", "pr-1", "main", "PR");

        (await MergeAsync(world, "mallory")).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await MergeAsync(world, "bob")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task OnGogsAPullRequestIsOpenedAndMergedThroughThePages()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gogs);
        await WithBranchAsync(world, "pr-1");
        using var browser = new GogsBrowser(world);
        await browser.SignInAsync("bob", "bob-pw-1");

        var opened = await browser.PostAsync(
            "/acme/pipelines/compare/master...pr-1",
            ("title", "From the page"),
            ("content", "x")
        );
        opened.Headers.Location!.ToString().ShouldBe("/acme/pipelines/pulls/1");
        var merged = await browser.PostAsync("/acme/pipelines/pulls/1/merge");

        merged.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var pull = world.Forge.PullRequests(world.Repository).ShouldHaveSingleItem();
        (pull.Poster, pull.Title, pull.IsMerged).ShouldBe(("bob", "From the page", true));
    }

    [Fact]
    public async Task AFormWithoutItsTokenIsRefused()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gogs);
        await WithBranchAsync(world, "pr-1");
        using var browser = new GogsBrowser(world);
        await browser.SignInAsync("bob", "bob-pw-1");
        browser.FormToken = "another";

        var refused = await browser.PostAsync("/acme/pipelines/compare/master...pr-1", ("title", "x"));

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        world.Forge.PullRequests(world.Repository).ShouldBeEmpty();
    }

    [Fact]
    public async Task ThePagesShowAnOutsiderNothing()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gogs);
        await WithBranchAsync(world, "pr-1");
        using var browser = new GogsBrowser(world);
        (await browser.PostAsync("/acme/pipelines/compare/master...pr-1"))
            .Headers.Location!.ToString()
            .ShouldBe("/user/login");
        await browser.SignInAsync("mallory", "mallory-pw-1");

        var refused = await browser.PostAsync("/acme/pipelines/compare/master...pr-1", ("title", "x"));

        refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<HttpResponseMessage> MergeAsync(ForgeWorld world, string user)
    {
        using var client = world.Client("token " + Recording.GiteaTokens[user]);
        return await client.PostAsJsonAsync(
            "/api/v1/repos/acme/pipelines/pulls/1/merge",
            new Dictionary<string, string> { ["Do"] = "merge" }
        );
    }

    private static async Task<WorkingCopy> WithBranchAsync(ForgeWorld world, string branch, string file = "a.txt")
    {
        var copy = await world.CloneAsync();
        await copy.RunAsync("switch", "-q", "-c", branch);
        await copy.CommitAsync(file, "1", "one");
        await copy.RunAsync("push", "-q", "origin", branch);
        return copy;
    }

    /// <summary>A driver of Gogs' pages: cookies kept, the form token read from the page.</summary>
    private sealed partial class GogsBrowser(ForgeWorld world) : IDisposable
    {
        private readonly HttpClient _client = world.Client();
        private readonly Dictionary<string, string> _cookies = [];

        public string? FormToken { get; set; }

        public async Task SignInAsync(string user, string password)
        {
            await SendAsync(HttpMethod.Get, "/user/login", null);
            var answer = await PostAsync("/user/login", ("user_name", user), ("password", password));
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
            var page = await SendAsync(HttpMethod.Get, "/acme/pipelines/compare/master...pr-1", null);
            var field = Token.Match(await page.Content.ReadAsStringAsync());
            FormToken = field.Success ? field.Groups["token"].Value : _cookies["_csrf"];
        }

        public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
            SendAsync(
                HttpMethod.Post,
                path,
                new FormUrlEncodedContent(
                    fields.Append(("_csrf", FormToken ?? "")).Select(f => KeyValuePair.Create(f.Item1, f.Item2))
                )
            );

        public void Dispose() => _client.Dispose();

        private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content)
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            request.Headers.TryAddWithoutValidation(
                "Cookie",
                string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}"))
            );
            var answer = await _client.SendAsync(request);
            foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                var pair = cookie.Split(';')[0].Split('=', 2);
                _cookies[pair[0]] = pair[1];
            }

            return answer;
        }

        [GeneratedRegex("name=\"_csrf\" value=\"(?<token>[^\"]+)\"")]
        private static partial Regex Token { get; }
    }
}
