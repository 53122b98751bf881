using System.Net;
using Bascule.Connectors.Forges.Gitea;
using Bascule.Connectors.Forges.GiteaFamily;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Tests.Forges.Gitea;

public sealed class GiteaForgeTests
{
    private static readonly ForgeRepository Pipelines = new()
    {
        Id = 1,
        Owner = "acme",
        Name = "pipelines",
        DefaultBranch = "main",
    };
    private static readonly CommitId Commit = CommitId.Parse("d2187fced17dc9368352f59176a96f1d45147385");

    [Fact]
    public async Task TellsWhoTheTokenIsAndTheVersion()
    {
        var identity = await Forge("user_get_authenticated", "version").IdentifyAsync(default);

        identity.Value.ShouldBe(new ForgeIdentity(new ForgeAccount(2, "alice"), "1.16.9"));
    }

    [Fact]
    public async Task ARefusedTokenIsUnauthenticated()
    {
        var identity = await Forge("auth_bad_token").IdentifyAsync(default);

        identity.Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        identity.Problem.Message.ShouldContain("token is required");
    }

    [Fact]
    public async Task FindsARepository()
    {
        var found = (await Forge("repo_get").FindRepositoryAsync("acme", "pipelines", default)).Value;

        found.Id.ShouldBe(1);
        found.FullName.ShouldBe("acme/pipelines");
        found.DefaultBranch.ShouldBe("main");
        found.Private.ShouldBeTrue();
        found.CanAdminister.ShouldBeFalse();
        found.UpdatedAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("repo_get_missing", "nope")]
    [InlineData("repo_get_private_forbidden", "pipelines")]
    public async Task AMissingOrHiddenRepositoryIsNotFound(string recording, string name)
    {
        var found = await Forge(recording).FindRepositoryAsync("acme", name, default);

        found.Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [Theory]
    [InlineData("..", "pipelines")]
    [InlineData("acme", "a/b")]
    [InlineData("acme", "")]
    [InlineData("acme", "a?token=1")]
    public async Task ANameThatNoRepositoryHasIsNeverAskedFor(string owner, string name)
    {
        var found = await Forge().FindRepositoryAsync(owner, name, default);

        found.Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [Fact]
    public async Task RegistersASignedJsonWebhook()
    {
        var hook = await Forge("hook_create").RegisterWebhookAsync(Pipelines, Target, new Secret("s"), default);

        hook.Value.Id.ShouldBe(1);
        hook.Value.Target.ShouldBe("http://127.0.0.1:3022/ok");
        hook.Value.Active.ShouldBeTrue();
        hook.Value.Events.ShouldContain("pull_request_sync");
    }

    [Fact]
    [Trait("Threat", "T02")]
    public async Task RefusesToRegisterAWebhookWithoutSecret()
    {
        var hook = await Forge().RegisterWebhookAsync(Pipelines, Target, new Secret(""), default);

        hook.Problem!.Code.ShouldBe(ProblemCode.Invalid);
    }

    [Fact]
    public async Task ListsWebhooks()
    {
        var hooks = await Forge("hook_list").ListWebhooksAsync(Pipelines, default);

        hooks.Value.ShouldHaveSingleItem().Id.ShouldBe(1);
    }

    [Fact]
    public async Task CommentsOnAnIssueOrPullRequestAndEdits()
    {
        var forge = Forge("issue_comment_create", "issue_comment_edit", "issue_comment_list");

        (await forge.AddCommentAsync(Pipelines, 1, "x", default)).Value.ShouldBe(new Comment(1, 3, "first comment"));
        (await forge.EditCommentAsync(Pipelines, 1, "x", default)).Value.ShouldBe(new Comment(1, 3, "edited comment"));
        (await forge.ListCommentsAsync(Pipelines, 1, default)).Value.ShouldBe([
            new Comment(1, 3, "edited comment")
            {
                Author = "bob",
                CreatedAt = new DateTimeOffset(2026, 11, 20, 23, 51, 58, TimeSpan.Zero),
                UpdatedAt = new DateTimeOffset(2026, 11, 20, 23, 52, 0, TimeSpan.Zero),
            },
        ]);
    }

    [Fact]
    public async Task EditingTheCommentOfAnotherIsDenied()
    {
        var edited = await Forge("issue_comment_edit_by_other_writer").EditCommentAsync(Pipelines, 1, "x", default);

        edited.Problem!.Code.ShouldBe(ProblemCode.Denied);
    }

    [Fact]
    public async Task SetsAStatus()
    {
        var status = new CommitStatus(
            CommitStatusState.Success,
            "bascule/train",
            "done",
            new Uri("https://b.example/1")
        );

        (
            await Forge("status_create_success").SetStatusAsync(Pipelines, Commit, status, default)
        ).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task ListsTheNewestStatusOfEachContextWithItsCreator()
    {
        var statuses = (await Forge("status_combined").ListStatusesAsync(Pipelines, Commit, default)).Value;

        statuses.Count.ShouldBe(2);
        statuses[0].ShouldBe(new PostedStatus(CommitStatusState.Error, "bascule/train", "newer state", 3));
    }

    [Fact]
    public async Task AStatusOfAnUnknownCommitIsNotFoundAlthoughTheServerSays500()
    {
        var status = new CommitStatus(CommitStatusState.Success, "x", "", null);

        var set = await Forge("status_create_unknown_sha", "commit_get_missing")
            .SetStatusAsync(Pipelines, default, status, default);

        set.Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [Theory]
    [InlineData("pr_get", PullRequestState.Open, null)]
    [InlineData("pr_get_merged", PullRequestState.Merged, "430394d9b499b7722f30f74aea1345f40e435076")]
    public async Task TellsHowAPullRequestStands(string recording, PullRequestState state, string? merge)
    {
        var found = await Forge(recording).FindPullRequestAsync(Pipelines, 2, default);

        found.Value.State.ShouldBe(state);
        found.Value.MergeCommit?.ToString().ShouldBe(merge);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, ProblemCode.NotFound)]
    [InlineData(HttpStatusCode.OK, ProblemCode.Unavailable)]
    public async Task A500OnCommentsMeansNotFoundOnlyWhenTheIssueIsNotThere(HttpStatusCode issue, ProblemCode code)
    {
        HttpStatusCode Answer(string path) =>
            path.EndsWith("/comments", StringComparison.Ordinal) ? HttpStatusCode.InternalServerError : issue;
        var forge = Forge(new StatusServer(Answer));

        (await forge.ListCommentsAsync(Pipelines, 9, default)).Problem!.Code.ShouldBe(code);
        (await forge.AddCommentAsync(Pipelines, 9, "x", default)).Problem!.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task AContextThatTheServerCannotKeepIsInvalid(int length)
    {
        var status = new CommitStatus(CommitStatusState.Success, new string('x', length), "", null);

        (await Forge().SetStatusAsync(Pipelines, Commit, status, default)).Problem!.Code.ShouldBe(ProblemCode.Invalid);
    }

    [Fact]
    public void GitTakesTheTokenAsPasswordBelowTheConfiguredAddress()
    {
        var access = Forge().AccessTo(Pipelines);

        access.Url.AbsoluteUri.ShouldBe("http://127.0.0.1:3031/acme/pipelines.git");
        access.FindLogin()!.Password.Reveal().ShouldBe(RecordedServer.Token);
        RecordedGitAccess.Accepts("Gitea", "fetch private, basic x-access-token:token").ShouldBeTrue();
    }

    private static Uri Target => new("https://bascule.example/hooks/1");

    [Fact]
    [Trait("Threat", "T98")]
    public async Task ReadsReviewsAsTheServerHasThem()
    {
        var reviews = (await Forge("pr_reviews_list").ListReviewsAsync(Pipelines, 2, default)).Value;

        reviews
            .Select(review => review.Verdict)
            .ShouldBe([ReviewVerdict.Approved, ReviewVerdict.ChangesRequested, ReviewVerdict.Other]);
        reviews[0]
            .ShouldBe(
                new PostedReview(
                    1,
                    new ForgeAccount(3, "bob"),
                    ReviewVerdict.Approved,
                    Official: false,
                    Stale: false,
                    Dismissed: false,
                    CommitId.Parse("7e7973bd0c3d3d719490672a0a45a5d3d12e26a8"),
                    new DateTimeOffset(2026, 11, 20, 23, 52, 23, TimeSpan.Zero)
                )
            );
    }

    [Fact]
    [Trait("Threat", "T101")]
    public async Task TellsWhoseCommitItIsByTheAccountsNumber()
    {
        var commit = CommitId.Parse("430394d9b499b7722f30f74aea1345f40e435076");

        var accounts = (await Forge("commit_get").FindCommitAccountsAsync(Pipelines, commit, default)).Value;

        accounts.ShouldBe(new CommitAccounts(new ForgeAccount(1, "labadmin"), new ForgeAccount(1, "labadmin")));
    }

    private static GiteaFamilyForge Forge(params string[] recordings) => Forge(new RecordedServer("Gitea", recordings));

    private static GiteaFamilyForge Forge(HttpMessageHandler server) =>
        GiteaFamilyForge.Open(
            GiteaDefaults.Member,
            "git",
            new GiteaFamilyOptions { Url = new Uri("http://127.0.0.1:3031"), Token = new Secret(RecordedServer.Token) },
            TimeProvider.System,
            null,
            server
        );
}
