using System.Text.Json.Nodes;
using Bascule.Simulators.Forges;

namespace Bascule.Simulators.Tests.Forges;

public sealed class GiteaHookRecordingTests(GiteaLabStory story) : IClassFixture<GiteaLabStory>
{
    // The lab's pull request carried a milestone and an assignee by then; the simulator has neither on it.
    private static readonly string[] Unset =
    [
        "/pull_request/milestone",
        "/pull_request/labels",
        "/pull_request/assignee",
        "/pull_request/assignees",
        "/issue/assignee",
        "/issue/assignees",
    ];

    [Theory]
    [InlineData("push_branch")]
    [InlineData("branch_create.create")]
    [InlineData("branch_create.push")]
    [InlineData("branch_create_no_new_commits.create")]
    [InlineData("branch_create_no_new_commits.push")]
    [InlineData("push_multi_ref.create")]
    [InlineData("push_multi_ref.create-2")]
    [InlineData("push_multi_ref.push")]
    [InlineData("push_multi_ref.push-2")]
    [InlineData("push_force")]
    [InlineData("push_35_commits")]
    [InlineData("tag_create_lightweight.create")]
    [InlineData("tag_create_lightweight.push")]
    [InlineData("tag_create_annotated.create")]
    [InlineData("tag_create_annotated.push")]
    [InlineData("tag_delete.delete")]
    [InlineData("tag_delete.push")]
    [InlineData("branch_delete")]
    [InlineData("issues_opened")]
    [InlineData("issues_closed")]
    [InlineData("issues_reopened")]
    [InlineData("issues_edited")]
    [InlineData("issues_label_updated")]
    [InlineData("issue_comment_created")]
    [InlineData("issue_comment_edited")]
    [InlineData("issue_comment_deleted")]
    [InlineData("pull_request_opened")]
    [InlineData("pull_request_synchronized.push")]
    [InlineData("pull_request_synchronized.pull_request")]
    [InlineData("pr_comment_created")]
    [InlineData("pr_comment_edited")]
    [InlineData("pull_request_edited")]
    [InlineData("pull_request_label")]
    [InlineData("pull_request_closed_unmerged")]
    [InlineData("pull_request_reopened")]
    [InlineData("pull_request_synchronized_force_push.push")]
    [InlineData("pull_request_synchronized_force_push.pull_request")]
    [InlineData("pull_request_merged.pull_request")]
    [InlineData("pull_request_merged.push")]
    [InlineData("fork")]
    [InlineData("pull_request_opened_from_fork")]
    [InlineData("push_test_button")]
    [InlineData("push_contents_api")]
    public void AHookLooksAsRecorded(string name) => HookComparison.Check(ForgeFlavour.Gitea, story, name, Unset);

    [Fact]
    public void ALongPushIsCutToFiveCommitsNewestFirst()
    {
        var push = JsonNode.Parse(story.Find("push_35_commits").ShouldNotBeNull().Text)!;

        push["commits"]!.AsArray().Count.ShouldBe(5);
        push["commits"]![0]!["message"]!.GetValue<string>().ShouldBe("commit 34 of 35\n");
        push["head_commit"]!["id"]!.GetValue<string>().ShouldBe(push["after"]!.GetValue<string>());
    }

    [Fact]
    public void APushBeyondBranchesAndTagsTellsNobody() =>
        story.Names.ShouldNotContain(n => n.StartsWith("push_custom_ref", StringComparison.Ordinal));
}

public sealed class GogsHookRecordingTests(GogsLabStory story) : IClassFixture<GogsLabStory>
{
    private static readonly string[] Unset =
    [
        "/pull_request/assignee",
        "/issue/assignee",
        // The lab labelled its pull request after merging, the story before.
        "/pull_request/labels",
        "/pull_request/merged_at",
        "/pull_request/merge_commit_sha",
        "/pull_request/merged_by",
    ];

    [Theory]
    [InlineData("push_branch")]
    [InlineData("branch_create.create")]
    [InlineData("branch_create.push")]
    [InlineData("branch_create_no_new_commits.create")]
    [InlineData("branch_create_no_new_commits.push")]
    [InlineData("push_multi_ref.create")]
    [InlineData("push_multi_ref.create-2")]
    [InlineData("push_multi_ref.push")]
    [InlineData("push_multi_ref.push-2")]
    [InlineData("push_force")]
    [InlineData("push_25_commits")]
    [InlineData("tag_create_lightweight")]
    [InlineData("tag_create_annotated")]
    [InlineData("tag_delete")]
    [InlineData("branch_delete")]
    [InlineData("issues_opened")]
    [InlineData("issues_closed")]
    [InlineData("issues_reopened")]
    [InlineData("issues_label_updated")]
    [InlineData("issue_comment_created")]
    [InlineData("issue_comment_edited")]
    [InlineData("issue_comment_deleted")]
    [InlineData("pull_request_opened")]
    [InlineData("pull_request_synchronized.push")]
    [InlineData("pull_request_synchronized.pull_request")]
    [InlineData("pr_comment_created")]
    [InlineData("pr_comment_edited")]
    [InlineData("pull_request_edited")]
    [InlineData("pull_request_label")]
    [InlineData("pull_request_closed_unmerged")]
    [InlineData("pull_request_reopened")]
    [InlineData("pull_request_synchronized_force_push.push")]
    [InlineData("pull_request_synchronized_force_push.pull_request")]
    [InlineData("pull_request_merged.pull_request")]
    [InlineData("pull_request_merged.push")]
    [InlineData("fork")]
    [InlineData("pull_request_opened_from_fork")]
    [InlineData("push_test_button")]
    [InlineData("push_web_editor")]
    public void AHookLooksAsRecorded(string name) => HookComparison.Check(ForgeFlavour.Gogs, story, name, Unset);

    [Theory]
    [InlineData("push_custom_ref.create", "create_custom_ref")]
    [InlineData("push_custom_ref_again", "push_custom_ref")]
    public void APushBeyondBranchesAndTagsCountsAsABranch(string name, string recorded) =>
        HookComparison.Check(ForgeFlavour.Gogs, story, name, Unset, recorded);

    [Fact]
    public void AForcePushListsTheLostCommitsToo()
    {
        var push = JsonNode.Parse(story.Find("push_force").ShouldNotBeNull().Text)!;

        var messages = push["commits"]!.AsArray().Select(c => c!["message"]!.GetValue<string>());
        messages.ShouldBe(["feature work amended\n", "feature work\n"], ignoreOrder: true);
    }

    [Fact]
    public void AnEditedTitleTellsNobody() => story.Find("issues_edited").ShouldBeNull();
}

internal static class HookComparison
{
    public static void Check(
        ForgeFlavour flavour,
        LabStory story,
        string name,
        string[] silent,
        string? recorded = null
    )
    {
        var hook = story.Find(name).ShouldNotBeNull($"no hook was sent; there are: {string.Join(' ', story.Names)}");

        Names(hook.HeaderLines).ShouldBe(Names(Recording.HeaderLines(flavour, recorded ?? name)));
        Fixed(hook.HeaderLines).ShouldBe(Fixed(Recording.HeaderLines(flavour, recorded ?? name)));
        var expected = Recording.Json(flavour, (recorded ?? name) + ".json");
        JsonShape.Differences(expected, JsonNode.Parse(hook.Text), silent).ShouldBeEmpty();
        (hook.Text.Split('\n')[1]).ShouldStartWith("  \"");
    }

    private static IEnumerable<string> Names(IEnumerable<string> lines) => lines.Select(l => l.Split(':')[0]);

    /// <summary>Headers whose value says what kind of delivery it is.</summary>
    private static IEnumerable<string> Fixed(IEnumerable<string> lines) =>
        lines.Where(l =>
            l.Contains("-Event", StringComparison.Ordinal)
            || l.StartsWith("User-Agent", StringComparison.Ordinal)
            || l.StartsWith("Content-Type", StringComparison.Ordinal)
            || l.StartsWith("Accept-Encoding", StringComparison.Ordinal)
        );
}
