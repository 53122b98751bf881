using System.Net;
using Bascule.Connectors.Forges.Gogs;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Tests.Forges.Gogs;

public sealed class GogsForgeTests
{
    private static readonly ForgeRepository Pipelines = new()
    {
        Id = 1,
        Owner = "acme",
        Name = "pipelines",
        DefaultBranch = "master",
    };

    [Fact]
    public async Task TellsWhoTheTokenIsButNoVersion()
    {
        var identity = await Forge("user_get_authenticated").IdentifyAsync(default);

        identity.Value.ShouldBe(new ForgeIdentity(new ForgeAccount(2, "alice"), null));
    }

    [Theory]
    [InlineData("bascule/revert-1a2b3c4d", "bascule/revert-1a2b3c4d")]
    [InlineData("odd%)name", "odd%25%29name")]
    public void ComparesTwoBranchesOnAPageOfItsOwn(string head, string written)
    {
        var page = Forge("user_get_authenticated")
            .ComparePageOf(Pipelines, RefName.Parse($"refs/heads/{head}"), RefName.Parse("refs/heads/master"));

        page.AbsoluteUri.ShouldBe($"http://127.0.0.1:3011/acme/pipelines/compare/master...{written}");
    }

    [Fact]
    public async Task ARefusedTokenIsUnauthenticated()
    {
        var identity = await Forge("auth_none").IdentifyAsync(default);

        identity.Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
    }

    [Fact]
    public async Task FindsARepository()
    {
        var found = (await Forge("repo_get").FindRepositoryAsync("acme", "pipelines", default)).Value;

        found.Id.ShouldBe(1);
        found.FullName.ShouldBe("acme/pipelines");
        found.DefaultBranch.ShouldBe("master");
        found.Private.ShouldBeTrue();
        found.CanAdminister.ShouldBeFalse();
    }

    [Theory]
    [InlineData("repo_get_missing", "nope")]
    [InlineData("repo_get_private_forbidden", "pipelines")]
    [InlineData("repo_get_bad_token", "pipelines")]
    public async Task AMissingOrHiddenRepositoryIsNotFound(string recording, string name)
    {
        var found = await Forge(recording).FindRepositoryAsync("acme", name, default);

        found.Problem!.Code.ShouldBe(ProblemCode.NotFound);
        found.Problem.Message.ShouldContain("hidden from the account");
    }

    [Fact]
    public async Task ListsRepositoriesInOneAnswer()
    {
        var listed = await Forge("repo_list_mine").ListRepositoriesAsync(default);

        listed.Value.Select(repository => repository.FullName).ShouldBe(["alice/pub", "acme/pipelines"]);
        listed.Value.Select(repository => repository.CanAdminister).ShouldBe([true, false]);
    }

    [Fact]
    public async Task RegistersASignedJsonWebhook()
    {
        var hook = await Forge("hook_create").RegisterWebhookAsync(Pipelines, Target, new Secret("s"), default);

        hook.Value.Target.ShouldBe("http://127.0.0.1:3021/ok");
        hook.Value.Active.ShouldBeTrue();
        hook.Value.Events.ShouldContain("pull_request");
    }

    [Fact]
    [Trait("Threat", "T02")]
    public async Task RefusesToRegisterAWebhookWithoutSecret()
    {
        var hook = await Forge().RegisterWebhookAsync(Pipelines, Target, new Secret(""), default);

        hook.Problem!.Code.ShouldBe(ProblemCode.Invalid);
    }

    [Fact]
    public async Task AWriterMayNotRegisterWebhooks()
    {
        var hook = await Forge("hook_create_by_writer_forbidden")
            .RegisterWebhookAsync(Pipelines, Target, new Secret("s"), default);

        hook.Problem!.Code.ShouldBe(ProblemCode.Denied);
    }

    [Fact]
    public async Task ListsWebhooks()
    {
        var hooks = await Forge("hook_list").ListWebhooksAsync(Pipelines, default);

        hooks.Value.ShouldHaveSingleItem().Id.ShouldBe(1);
    }

    [Fact]
    public async Task CommentsAndLists()
    {
        var forge = Forge("issue_comment_create", "issue_comment_list", "pr_comment_create_via_issue_api");

        (await forge.AddCommentAsync(Pipelines, 1, "x", default)).Value.ShouldBe(new Comment(1, 3, "first comment"));
        (await forge.AddCommentAsync(Pipelines, 2, "x", default)).Value.Body.ShouldBe("PR comment by API");
        (await forge.ListCommentsAsync(Pipelines, 1, default)).Value.ShouldBe([
            new Comment(1, 3, "edited comment")
            {
                Author = "bob",
                CreatedAt = new DateTimeOffset(2026, 11, 20, 23, 40, 50, TimeSpan.Zero),
                UpdatedAt = new DateTimeOffset(2026, 11, 20, 23, 40, 52, TimeSpan.Zero),
            },
        ]);
    }

    [Fact]
    public async Task OpensAndClosesAnIssue()
    {
        var forge = Forge("issue_create", "issue_comment_create", "issue_edit_close");

        (await forge.OpenIssueAsync(Pipelines, "red", "why", default)).Value.ShouldBe(1);
        (await forge.SetIssueStateAsync(Pipelines, 1, false, "green", default)).Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, ProblemCode.NotFound)]
    [InlineData(HttpStatusCode.OK, ProblemCode.Unavailable)]
    public async Task A500OnCommentsMeansNotFoundOnlyWhenTheIssueIsNotThere(HttpStatusCode issue, ProblemCode code)
    {
        var forge = Forge(
            new StatusServer(path =>
                path.EndsWith("/comments", StringComparison.Ordinal) ? HttpStatusCode.InternalServerError : issue
            )
        );

        (await forge.ListCommentsAsync(Pipelines, 9, default)).Problem!.Code.ShouldBe(code);
        (await forge.AddCommentAsync(Pipelines, 9, "x", default)).Problem!.Code.ShouldBe(code);
    }

    [Fact]
    public void GitTakesTheTokenAsUserNameOnlyAndItIsNotPrinted()
    {
        var access = Forge().AccessTo(Pipelines);

        access.Url.AbsoluteUri.ShouldBe("http://127.0.0.1:3011/acme/pipelines.git");
        (access.FindLogin()!.UserName, access.FindLogin()!.Password.Reveal()).ShouldBe((RecordedServer.Token, ""));
        access.ToString().ShouldNotContain(RecordedServer.Token);
        RecordedGitAccess.Accepts("Gogs", "fetch private, basic token:(empty)").ShouldBeTrue();
        RecordedGitAccess.Accepts("Gogs", "fetch private, basic user:token").ShouldBeFalse();
    }

    private static Uri Target => new("https://bascule.example/hooks/1");

    [Fact]
    public async Task APullRequestIsAskedForAsTheIssueThatItIs()
    {
        var found = await Forge("pr_as_issue_get").FindPullRequestAsync(Pipelines, 2, default);

        found.Value.ShouldBe(new PullRequestStanding(PullRequestState.Open, MergeCommit: null));
    }

    [Fact]
    [Trait("Threat", "T101")]
    public async Task TellsWhoseCommitItIsByTheAccountsNumber()
    {
        var commit = CommitId.Parse("5aaca4fe864b56f8d5194ee456894a4773dd343e");

        var accounts = (await Forge("commit_get").FindCommitAccountsAsync(Pipelines, commit, default)).Value;

        accounts.ShouldBe(new CommitAccounts(new ForgeAccount(2, "alice"), new ForgeAccount(2, "alice")));
    }

    private static GogsForge Forge(params string[] recordings) => Forge(new RecordedServer("Gogs", recordings));

    private static GogsForge Forge(HttpMessageHandler server) =>
        GogsForge.Open(
            "git",
            new GogsOptions { Url = new Uri("http://127.0.0.1:3011"), Token = new Secret(RecordedServer.Token) },
            TimeProvider.System,
            null,
            server
        );
}
