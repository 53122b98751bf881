using Bascule.Connectors.Forges.Gitea;
using Bascule.Connectors.Forges.GiteaFamily;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Tests.Forges.Gitea;

public sealed class GiteaRecordedDeliveryTests
{
    private const string OtherPullRequestNews = "ignored: of a pull request only its commits, text and state matter";
    private static readonly IWebhookReader Reader = new GiteaFamilyWebhook(GiteaDefaults.Member.Signature);

    public static TheoryData<string> Names => [.. RecordedDelivery.Names("Gitea")];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryRecordedDeliveryBecomesWhatTheTableSays(string name)
    {
        var delivery = RecordedDelivery.Load("Gitea", name);

        DeliveryOutcome.Of(Reader, delivery.Request, RecordedDelivery.GiteaSecret).ShouldBe(Expected[name]);
    }

    [Fact]
    public void TheTableCoversEveryRecording() =>
        RecordedDelivery.Names("Gitea").ShouldBe(Expected.Keys.Order(StringComparer.Ordinal));

    private static readonly Dictionary<string, string> Expected = new()
    {
        ["branch_create.create"] = "refs/heads/feature/a-1 ?..520e9237 in 1 by alice",
        ["branch_create.push"] = "refs/heads/feature/a-1 00000000..520e9237 in 1 by alice",
        ["branch_create_no_new_commits.create"] = "refs/heads/same-commit ?..520e9237 in 1 by alice",
        ["branch_create_no_new_commits.push"] = "refs/heads/same-commit 00000000..520e9237 in 1 by alice",
        ["branch_delete"] = "refs/heads/same-commit ?..? in 1 by alice",
        ["duplicate_delivery_of_pr_review_approved"] = OtherPullRequestNews,
        ["fork"] = Unconcerned("fork"),
        ["issue_comment_created"] = Unconcerned("issue_comment"),
        ["issue_comment_deleted"] = Unconcerned("issue_comment"),
        ["issue_comment_edited"] = Unconcerned("issue_comment"),
        ["issues_assigned"] = Unconcerned("issues"),
        ["issues_closed"] = Unconcerned("issues"),
        ["issues_edited"] = Unconcerned("issues"),
        ["issues_label_updated"] = Unconcerned("issues"),
        ["issues_milestoned"] = Unconcerned("issues"),
        ["issues_opened"] = Unconcerned("issues"),
        ["issues_opened_form_encoded"] = Unconcerned("issues"),
        ["issues_reopened"] = Unconcerned("issues"),
        ["pr_comment_created"] = Unconcerned("issue_comment"),
        ["pr_comment_edited"] = Unconcerned("issue_comment"),
        ["pr_review_approved"] = OtherPullRequestNews,
        ["pr_review_comment"] = OtherPullRequestNews,
        ["pr_review_rejected"] = OtherPullRequestNews,
        ["pull_request_assigned"] = OtherPullRequestNews,
        ["pull_request_closed_unmerged"] = "Closed #2 pr-1@7e7973bd -> main in 1 by alice",
        ["pull_request_edited"] = "Edited #2 pr-1@7e7973bd -> main in 1 by alice",
        ["pull_request_label"] = OtherPullRequestNews,
        ["pull_request_merged.pull_request"] = "Merged #2 pr-1@d2187fce -> main in 1 by labadmin as 430394d9",
        ["pull_request_merged.push"] = "refs/heads/main 75ec8bec..430394d9 in 1 by labadmin",
        ["pull_request_milestoned"] = OtherPullRequestNews,
        ["pull_request_opened"] = "Opened #2 pr-1@91d1bcb3 -> main in 1 by alice",
        ["pull_request_opened_from_fork"] = "Opened #3 fork-feature@b34e7483 -> main in 1 from fork by bob",
        ["pull_request_reopened"] = "Reopened #2 pr-1@7e7973bd -> main in 1 by alice",
        ["pull_request_synchronized.pull_request"] = "Synchronized #2 pr-1@7e7973bd -> main in 1 by alice",
        ["pull_request_synchronized.push"] = "refs/heads/pr-1 91d1bcb3..7e7973bd in 1 by alice",
        ["pull_request_synchronized_force_push.pull_request"] = "Synchronized #2 pr-1@d2187fce -> main in 1 by alice",
        ["pull_request_synchronized_force_push.push"] = "refs/heads/pr-1 7e7973bd..d2187fce in 1 by alice",
        ["push_35_commits"] = "refs/heads/feature/a-1 90a57f49..bcecd6e3 in 1 by alice",
        ["push_branch"] = "refs/heads/main 9f415005..75ec8bec in 1 by alice",
        ["push_contents_api"] = "refs/heads/feature/a-1 bcecd6e3..02a5e237 in 1 by alice",
        ["push_force"] = "refs/heads/feature/a-1 520e9237..90a57f49 in 1 by alice",
        ["push_multi_ref.create"] = "refs/heads/multi-1 ?..520e9237 in 1 by alice",
        ["push_multi_ref.create-2"] = "refs/heads/multi-2 ?..520e9237 in 1 by alice",
        ["push_multi_ref.push"] = "refs/heads/multi-1 00000000..520e9237 in 1 by alice",
        ["push_multi_ref.push-2"] = "refs/heads/multi-2 00000000..520e9237 in 1 by alice",
        ["push_test_button"] = "ping of 1",
        ["release_deleted"] = Unconcerned("release"),
        ["release_published.create"] = "refs/tags/v2.0 ?..430394d9 in 1 by labadmin",
        ["release_published.push"] = "refs/tags/v2.0 00000000..430394d9 in 1 by labadmin",
        ["release_published.release"] = Unconcerned("release"),
        ["release_updated"] = Unconcerned("release"),
        ["repository_created"] = Unconcerned("repository"),
        ["repository_deleted"] = Unconcerned("repository"),
        ["tag_create_annotated.create"] = "refs/tags/v1.0 ?..5063ca44 in 1 by alice",
        ["tag_create_annotated.push"] = "refs/tags/v1.0 00000000..5063ca44 in 1 by alice",
        ["tag_create_lightweight.create"] = "refs/tags/v1.0-light ?..bcecd6e3 in 1 by alice",
        ["tag_create_lightweight.push"] = "refs/tags/v1.0-light 00000000..bcecd6e3 in 1 by alice",
        ["tag_delete.delete"] = "refs/tags/v1.0-light ?..? in 1 by alice",
        ["tag_delete.push"] = "refs/tags/v1.0-light bcecd6e3..00000000 in 1 by alice",
    };

    private static string Unconcerned(string happened) =>
        $"ignored: the event '{happened}' moves no branch, tag or pull request";
}
