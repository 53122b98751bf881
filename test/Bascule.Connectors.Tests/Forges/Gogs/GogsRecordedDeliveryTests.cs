using Bascule.Connectors.Forges.Gogs;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Tests.Forges.Gogs;

public sealed class GogsRecordedDeliveryTests
{
    private const string OtherPullRequestNews = "ignored: of a pull request only its commits, text and state matter";
    private const string NoBranchOrTag = "ignored: not a branch or tag";
    private static readonly IWebhookReader Reader = new GogsWebhook();

    public static TheoryData<string> Names => [.. RecordedDelivery.Names("Gogs")];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryRecordedDeliveryBecomesWhatTheTableSays(string name)
    {
        var delivery = RecordedDelivery.Load("Gogs", name);

        DeliveryOutcome.Of(Reader, delivery.Request, RecordedDelivery.GogsSecret).ShouldBe(Expected[name]);
    }

    [Fact]
    public void TheTableCoversEveryRecording() =>
        RecordedDelivery.Names("Gogs").ShouldBe(Expected.Keys.Order(StringComparer.Ordinal));

    private static readonly Dictionary<string, string> Expected = new()
    {
        ["branch_create.create"] = "refs/heads/feature/a-1 ?..? in 1 by alice",
        ["branch_create.push"] = "refs/heads/feature/a-1 00000000..2187fa1a in 1 by alice",
        ["branch_create_no_new_commits.create"] = "refs/heads/same-commit ?..? in 1 by alice",
        ["branch_create_no_new_commits.push"] = "refs/heads/same-commit 00000000..2187fa1a in 1 by alice",
        ["branch_delete"] = "refs/heads/same-commit ?..? in 1 by alice",
        ["create_custom_ref"] = NoBranchOrTag,
        ["fork"] = Unconcerned("fork"),
        ["issue_comment_created"] = Unconcerned("issue_comment"),
        ["issue_comment_deleted"] = Unconcerned("issue_comment"),
        ["issue_comment_edited"] = Unconcerned("issue_comment"),
        ["issues_closed"] = Unconcerned("issues"),
        ["issues_label_updated"] = Unconcerned("issues"),
        ["issues_milestoned"] = Unconcerned("issues"),
        ["issues_opened"] = Unconcerned("issues"),
        ["issues_opened_form_encoded"] = Unconcerned("issues"),
        ["issues_opened_no_secret"] = "refused: Unauthenticated",
        ["issues_reopened"] = Unconcerned("issues"),
        ["pr_comment_created"] = Unconcerned("issue_comment"),
        ["pr_comment_edited"] = Unconcerned("issue_comment"),
        ["pull_request_assigned"] = OtherPullRequestNews,
        ["pull_request_closed_unmerged"] = "Closed #2 pr-1@? -> master in 1 by alice",
        ["pull_request_edited"] = "Edited #2 pr-1@? -> master in 1 by alice",
        ["pull_request_label"] = OtherPullRequestNews,
        ["pull_request_merged.pull_request"] = "Merged #2 pr-1@? -> master in 1 by alice",
        ["pull_request_merged.push"] = "refs/heads/master 73a0c80c..dd353ef0 in 1 by acme",
        ["pull_request_milestoned"] = OtherPullRequestNews,
        ["pull_request_opened"] = "Opened #2 pr-1@? -> master in 1 by alice",
        ["pull_request_opened_from_fork"] = "Opened #3 fork-feature@? -> master in 1 from fork by bob",
        ["pull_request_reopened"] = "Reopened #2 pr-1@? -> master in 1 by alice",
        ["pull_request_synchronized.pull_request"] = "Synchronized #2 pr-1@? -> master in 1 by alice",
        ["pull_request_synchronized.push"] = "refs/heads/pr-1 1b3ef34e..72c9166b in 1 by alice",
        ["pull_request_synchronized_force_push.pull_request"] = "Synchronized #2 pr-1@? -> master in 1 by alice",
        ["pull_request_synchronized_force_push.push"] = "refs/heads/pr-1 72c9166b..7ed1916b in 1 by alice",
        ["push_25_commits"] = "refs/heads/feature/a-1 4acf2d75..dda3b244 in 1 by alice",
        ["push_branch"] = "refs/heads/master dbb78902..73a0c80c in 1 by alice",
        ["push_custom_ref"] = NoBranchOrTag,
        ["push_force"] = "refs/heads/feature/a-1 2187fa1a..4acf2d75 in 1 by alice",
        ["push_multi_ref.create"] = "refs/heads/multi-1 ?..? in 1 by alice",
        ["push_multi_ref.create-2"] = "refs/heads/multi-2 ?..? in 1 by alice",
        ["push_multi_ref.push"] = "refs/heads/multi-1 00000000..2187fa1a in 1 by alice",
        ["push_multi_ref.push-2"] = "refs/heads/multi-2 00000000..2187fa1a in 1 by alice",
        ["push_refs_pull_head"] = NoBranchOrTag,
        ["push_test_button"] = "ping of 1",
        ["push_web_editor"] = "refs/heads/master dd353ef0..5aaca4fe in 1 by alice",
        ["release_published"] = Unconcerned("release"),
        ["tag_create_annotated"] = "refs/tags/v1.0 ?..42371c76 in 1 by alice",
        ["tag_create_lightweight"] = "refs/tags/v1.0-light ?..dda3b244 in 1 by alice",
        ["tag_delete"] = "refs/tags/v1.0-light ?..? in 1 by alice",
    };

    private static string Unconcerned(string happened) =>
        $"ignored: the event '{happened}' moves no branch, tag or pull request";
}
