using Bascule.Core;
using Bascule.Core.Forges;
using Shouldly;

namespace Bascule.Testing.Forges;

public abstract partial class ForgeConformance
{
    private const string Markdown = "<!-- bascule -->\n**ok** `a|b` <x> & ü 😀\n\n| a | b |\n|---|---|\n| 1 | 2 |";

    [ForgeFact]
    public async Task CommentsOnAPullRequestAndEditsInPlace()
    {
        var (repository, number) = await PullRequestAsync();
        var bot = (await Forge.IdentifyAsync(default)).Value.Account;

        var added = (await Forge.AddCommentAsync(repository, number, Markdown, default)).Value;
        var edited = (await Forge.EditCommentAsync(repository, added.Id, Markdown + "!", default)).Value;
        var listed = (await Forge.ListCommentsAsync(repository, number, default)).Value;

        added.Body.ShouldBe(Markdown);
        edited.ShouldBe(new Comment(added.Id, bot.Id, Markdown + "!"));
        var found = listed.Single(comment => comment.Id == edited.Id);
        (found.AuthorId, found.Author, found.Body).ShouldBe((bot.Id, bot.Login, edited.Body));
        (found.CreatedAt <= found.UpdatedAt).ShouldBeTrue();
        found.IsImported.ShouldBeFalse();
    }

    [ForgeFact]
    public async Task TellsHowAPullRequestStandsWithoutAHook()
    {
        var (repository, number) = await PullRequestAsync();
        var asked = Forge.ShouldBeAssignableTo<IPullRequests>()!;

        var open = (await asked.FindPullRequestAsync(repository, number, default)).Value;
        await stage.MergePullRequestAsync(repository, number);
        var merged = (await asked.FindPullRequestAsync(repository, number, default)).Value;

        (open.State, open.MergeCommit).ShouldBe((PullRequestState.Open, null));
        merged.State.ShouldBe(PullRequestState.Merged);
        (merged.MergeCommit is not null).ShouldBe(stage.Kind != "gogs");
        var unknown = await asked.FindPullRequestAsync(repository, 999_999, default);
        unknown.Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [ForgeFact]
    public async Task AForgeOpensPullRequestsOrHasAPageOnWhichAPersonDoes()
    {
        (Forge is IOpensPullRequests).ShouldNotBe(Forge is IComparePages);
        (Forge is IComparePages).ShouldBe(stage.Kind == "gogs");

        if (Forge is IOpensPullRequests pulls)
            await OpensAPullRequestOnceAsync(pulls);
    }

    private async Task OpensAPullRequestOnceAsync(IOpensPullRequests pulls)
    {
        var repository = await stage.NewRepositoryAsync();
        var head = RefName.Parse("refs/heads/bascule/revert-1a2b3c4d");
        var main = RefName.Parse($"refs/heads/{repository.DefaultBranch}");
        var asked = new NewPullRequest(head, main, "Take it back", Markdown);
        (await pulls.OpenPullRequestAsync(repository, asked, default)).Problem!.Code.ShouldBe(ProblemCode.NotFound);
        using (var clone = await stage.CloneAsync(repository))
        {
            await clone.BranchAsync(head.ShortName);
            await clone.CommitAsync("taken.txt", "back\n");
            await clone.PushAsync(head.ShortName);
        }

        var before = await pulls.FindOpenPullRequestAsync(repository, head, main, default);
        var opened = await pulls.OpenPullRequestAsync(repository, asked, default);
        var after = await pulls.FindOpenPullRequestAsync(repository, head, main, default);
        var again = await pulls.OpenPullRequestAsync(repository, asked, default);

        before.Value.ShouldBeNull();
        opened.Value.ShouldBePositive();
        after.Value.ShouldBe(opened.Value);
        again.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await pulls.FindOpenPullRequestAsync(repository, main, head, default)).Value.ShouldBeNull();
        await stage.MergePullRequestAsync(repository, opened.Value);
        (await pulls.FindOpenPullRequestAsync(repository, head, main, default)).Value.ShouldBeNull("it is merged");
    }

    [ForgeFact]
    public async Task ACommentThatIsGoneIsNotFound()
    {
        var repository = await stage.NewRepositoryAsync();

        var edited = await Forge.EditCommentAsync(repository, 999_999_999, "x", default);
        var added = await Forge.AddCommentAsync(repository, 999_999, "x", default);
        var listed = await Forge.ListCommentsAsync(repository, 999_999, default);

        edited.Problem!.Code.ShouldBe(ProblemCode.NotFound);
        added.Problem!.Code.ShouldBe(ProblemCode.NotFound);
        listed.Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [ForgeFact]
    public async Task OnlyAMemberMayComment()
    {
        var (repository, number) = await PullRequestAsync();

        var added = await stage.Connect(stage.Outsider.Token).AddCommentAsync(repository, number, "x", default);

        added.Problem!.Code.ShouldBe(ProblemCode.NotFound);
        (await Forge.ListCommentsAsync(repository, number, default)).Value.ShouldNotContain(comment =>
            comment.Body == "x"
        );
    }

    [ForgeFact]
    public async Task AForgeKeepsStatusesOrHasIssuesInTheirPlace()
    {
        (Forge is ICommitStatuses).ShouldNotBe(Forge is IIssues);
        (Forge is IIssues).ShouldBe(stage.Kind == "gogs");

        if (Forge is ICommitStatuses statuses)
            await KeepsTheNewestStatusAsync(statuses);
        else
            await OpensAndClosesAnIssueAsync((IIssues)Forge);
    }

    private async Task KeepsTheNewestStatusAsync(ICommitStatuses statuses)
    {
        var repository = await stage.NewRepositoryAsync();
        using var clone = await stage.CloneAsync(repository);
        var (commit, page) = (await clone.TipAsync(), new Uri("https://bascule.example/runs/1"));
        CommitStatus Status(CommitStatusState state, string text) => new(state, "bascule/train", text, page);

        await statuses.SetStatusAsync(repository, commit, Status(CommitStatusState.Pending, "waiting"), default);
        var set = await statuses.SetStatusAsync(
            repository,
            commit,
            Status(CommitStatusState.Failure, new('x', 500)),
            default
        );
        var listed = (await statuses.ListStatusesAsync(repository, commit, default)).Value.ShouldHaveSingleItem();
        var unknown = await statuses.SetStatusAsync(
            repository,
            CommitId.Parse(new('a', 40)),
            Status(default, ""),
            default
        );

        set.Problem.ShouldBeNull();
        (listed.State, listed.Context, listed.Description.Length).ShouldBe(
            (CommitStatusState.Failure, "bascule/train", 140)
        );
        listed.CreatorId.ShouldBe((await Forge.IdentifyAsync(default)).Value.Account.Id);
        unknown.Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    private async Task OpensAndClosesAnIssueAsync(IIssues issues)
    {
        var repository = await stage.NewRepositoryAsync();

        var number = (await issues.OpenIssueAsync(repository, "churn is red on main", Markdown, default)).Value;
        var closed = await issues.SetIssueStateAsync(repository, number, open: false, "green again", default);
        var reopened = await issues.SetIssueStateAsync(repository, number, open: true, "red again", default);
        var missing = await issues.SetIssueStateAsync(repository, number + 100, open: false, "x", default);

        number.ShouldBePositive();
        closed.Problem.ShouldBeNull();
        reopened.Problem.ShouldBeNull();
        missing.Problem!.Code.ShouldBe(ProblemCode.NotFound);
        var comments = (await Forge.ListCommentsAsync(repository, number, default)).Value;
        comments.Select(comment => comment.Body).ShouldContain("green again");
        comments.Select(comment => comment.Body).ShouldContain("red again");
    }

    private async Task<(ForgeRepository Repository, long Number)> PullRequestAsync()
    {
        var repository = await stage.NewRepositoryAsync();
        using var clone = await stage.CloneAsync(repository);
        await clone.BranchAsync("topic");
        await clone.CommitAsync("f.txt", "1");
        await clone.PushAsync("topic");
        return (repository, await stage.OpenPullRequestAsync(repository, "topic", "A change"));
    }
}
