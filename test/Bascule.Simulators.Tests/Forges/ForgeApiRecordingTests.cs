using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.Forges;

public sealed class GiteaApiRecordingTests(GiteaApiReplay replay) : IClassFixture<GiteaApiReplay>
{
    private static readonly string[] Silent =
    [
        // The lab's issue and pull request had an assignee and a milestone by then.
        "/assignee",
        "/assignees",
        "/milestone",
        "/labels",
        // The lab's tip was a merge, which touches no file of its own.
        "/files",
    ];

    [Theory]
    [InlineData("version")]
    [InlineData("settings_api")]
    [InlineData("auth_none")]
    [InlineData("auth_bad_token")]
    [InlineData("auth_Token_capital")]
    [InlineData("auth_bearer")]
    [InlineData("auth_bearer_lower")]
    [InlineData("auth_query_token")]
    [InlineData("auth_basic_password")]
    [InlineData("auth_basic_token_as_password")]
    [InlineData("auth_basic_token_as_user")]
    [InlineData("auth_basic_token_as_user_x")]
    [InlineData("auth_basic_wronguser_token_as_password")]
    [InlineData("auth_sudo")]
    [InlineData("user_get_authenticated")]
    [InlineData("user_get_by_name")]
    [InlineData("user_get_missing")]
    [InlineData("user_orgs")]
    [InlineData("token_create_basic")]
    [InlineData("token_create_for_other_user")]
    [InlineData("token_create_with_token_auth")]
    [InlineData("token_list_basic")]
    [InlineData("repo_create_public")]
    [InlineData("org_repo_create_second")]
    [InlineData("repo_get")]
    [InlineData("repo_get_missing")]
    [InlineData("repo_get_private_anonymous")]
    [InlineData("repo_get_private_forbidden")]
    [InlineData("repo_list_mine")]
    [InlineData("repo_search")]
    [InlineData("hook_create")]
    [InlineData("hook_get")]
    [InlineData("hook_list")]
    [InlineData("hook_test")]
    [InlineData("hook_update_secret")]
    [InlineData("hook_patch_full")]
    [InlineData("collaborator_add")]
    [InlineData("collaborator_check")]
    [InlineData("collaborators_list")]
    [InlineData("collaborator_permission")]
    [InlineData("collaborator_check_team_member")]
    [InlineData("branch_get")]
    [InlineData("branch_get_missing")]
    [InlineData("branches_list")]
    [InlineData("raw_file")]
    [InlineData("raw_file_by_path_ref")]
    [InlineData("commit_get")]
    [InlineData("commit_get_branch")]
    [InlineData("commit_get_short")]
    [InlineData("commit_get_missing")]
    [InlineData("branch_get_protected")]
    [InlineData("branch_protection_create")]
    [InlineData("branch_protection_list")]
    [InlineData("label_create")]
    [InlineData("issue_create")]
    [InlineData("issue_comment_create")]
    [InlineData("issue_comment_edit")]
    [InlineData("issue_comment_edit_by_other_writer")]
    [InlineData("issue_comment_list")]
    [InlineData("issue_comment_delete")]
    [InlineData("issue_edit_close")]
    [InlineData("issue_edit_reopen")]
    [InlineData("issue_edit_title")]
    [InlineData("issue_label_add")]
    [InlineData("pr_create")]
    [InlineData("pr_get")]
    [InlineData("pr_list")]
    [InlineData("status_create_pending")]
    [InlineData("status_create_success")]
    [InlineData("status_create_failure")]
    [InlineData("status_create_error")]
    [InlineData("status_create_warning")]
    [InlineData("status_create_running")]
    [InlineData("status_create_skipped")]
    [InlineData("status_create_long_context")]
    [InlineData("status_list")]
    [InlineData("status_list_commits")]
    [InlineData("status_combined")]
    [InlineData("status_create_short_sha")]
    [InlineData("status_create_unknown_sha")]
    [InlineData("status_create_by_outsider")]
    [InlineData("pr_comment_create")]
    [InlineData("pr_comment_edit")]
    [InlineData("pr_label")]
    [InlineData("pr_edit_title")]
    [InlineData("pr_close")]
    [InlineData("pr_reopen")]
    [InlineData("pr_merge_blocked_by_status")]
    [InlineData("pr_merge_blocked_admin")]
    [InlineData("pr_get_merged")]
    [InlineData("pr_merge")]
    [InlineData("fork_create")]
    [InlineData("pr_create_from_fork")]
    [InlineData("pr_files")]
    public void AnAnswerLooksAsRecorded(string name) => ApiComparison.Check(replay, name, Silent);
}

public sealed class GogsApiRecordingTests(GogsApiReplay replay) : IClassFixture<GogsApiReplay>
{
    private static readonly string[] Silent = ["[]/milestone", "[]/assignee"];

    [Theory]
    [InlineData("version_missing_endpoint")]
    [InlineData("auth_none")]
    [InlineData("auth_token")]
    [InlineData("auth_Token_capital")]
    [InlineData("auth_bearer")]
    [InlineData("auth_query_token")]
    [InlineData("auth_query_access_token")]
    [InlineData("auth_basic_password")]
    [InlineData("auth_basic_token_as_password")]
    [InlineData("auth_basic_token_as_user")]
    [InlineData("user_get_authenticated")]
    [InlineData("user_get_by_name")]
    [InlineData("user_get_by_name_anonymous")]
    [InlineData("user_get_missing")]
    [InlineData("user_orgs")]
    [InlineData("user_search")]
    [InlineData("org_get")]
    [InlineData("token_create_basic")]
    [InlineData("token_create_for_other_user")]
    [InlineData("token_create_with_token_auth")]
    [InlineData("token_list_basic")]
    [InlineData("tokens_of_bob_after_cross_create")]
    [InlineData("tokens_of_labadmin_after_cross_create")]
    [InlineData("token_delete")]
    [InlineData("repo_create_public")]
    [InlineData("repo_get")]
    [InlineData("repo_get_missing")]
    [InlineData("repo_get_private_anonymous")]
    [InlineData("repo_get_bad_token")]
    [InlineData("repo_get_private_forbidden")]
    [InlineData("repo_get_by_labadmin")]
    [InlineData("repo_list_mine")]
    [InlineData("repo_list_user_explore")]
    [InlineData("hook_create")]
    [InlineData("hook_list")]
    [InlineData("hook_update")]
    [InlineData("hook_create_form")]
    [InlineData("hook_create_bad_content_type")]
    [InlineData("hook_create_no_type")]
    [InlineData("hook_create_by_writer_forbidden")]
    [InlineData("hook_get_missing_endpoint")]
    [InlineData("hook_tests_missing_endpoint")]
    [InlineData("collaborator_add")]
    [InlineData("collaborator_check")]
    [InlineData("collaborators_list")]
    [InlineData("collaborators_list_by_writer")]
    [InlineData("collaborator_permission_missing_endpoint")]
    [InlineData("collaborator_check_team_member")]
    [InlineData("branch_get")]
    [InlineData("branch_get_missing")]
    [InlineData("branches_list")]
    [InlineData("raw_file")]
    [InlineData("raw_file_missing")]
    [InlineData("raw_file_branch_with_slash")]
    [InlineData("raw_file_by_sha")]
    [InlineData("refs_pull_visible")]
    [InlineData("commit_get")]
    [InlineData("commit_get_by_branch_name")]
    [InlineData("commit_get_short_sha")]
    [InlineData("commit_get_missing")]
    [InlineData("commit_get_sha1_accept")]
    [InlineData("commit_status_missing_endpoint")]
    [InlineData("status_create_missing_endpoint")]
    [InlineData("status_list_missing_endpoint")]
    [InlineData("commit_list")]
    [InlineData("contents_missing_endpoint")]
    [InlineData("git_trees_missing_endpoint")]
    [InlineData("org_hooks_missing_endpoint")]
    [InlineData("pr_get_missing_endpoint")]
    [InlineData("pr_list_missing_endpoint")]
    [InlineData("protected_branches_missing_endpoint")]
    [InlineData("releases_missing_endpoint")]
    [InlineData("tags_missing_endpoint")]
    [InlineData("label_create")]
    [InlineData("issue_create")]
    [InlineData("issue_comment_create")]
    [InlineData("issue_comment_edit")]
    [InlineData("issue_comment_edit_by_other_writer")]
    [InlineData("issue_comment_list")]
    [InlineData("issue_comment_list_repo")]
    [InlineData("issue_comment_on_private_by_outsider")]
    [InlineData("issue_comment_by_reader_on_public")]
    [InlineData("comment_markdown_html")]
    [InlineData("issue_comment_delete")]
    [InlineData("issue_edit_close")]
    [InlineData("issue_edit_reopen")]
    [InlineData("issue_edit_title")]
    [InlineData("issue_label_add")]
    [InlineData("issue_list")]
    [InlineData("pr_as_issue_get")]
    [InlineData("pr_comment_create_via_issue_api")]
    [InlineData("pr_comment_edit")]
    public void AnAnswerLooksAsRecorded(string name) => ApiComparison.Check(replay, name, Silent);
}

internal static class ApiComparison
{
    // Of the connection or of the moment: nothing a caller may rely on.
    private static readonly string[] Passing =
    [
        "Content-Length",
        "Connection",
        "Transfer-Encoding",
        "Date",
        "Set-Cookie",
        "X-Simulator",
    ];

    // Names the lab's ids or ports, or is left out on purpose.
    private static readonly string[] Unlike = ["Link", "Etag", "Cache-Control", "X-Total-Count"];

    public static void Check(ApiReplay replay, string name, string[] silent)
    {
        var recorded = Recording.Json(replay.Flavour, $"api/{name}.json")["response"]!;
        var answer = replay.Answer(name);

        answer.Status.ShouldBe(recorded["status"]!.GetValue<int>());
        Fixed(answer.Headers).ShouldBe(Fixed(Headers(recorded)));
        answer.Cookies.ShouldBe(recorded["set_cookie"]!.AsArray().Select(c => c!.GetValue<string>().Split('=')[0]));
        if (recorded["body_json"] is { } body)
        {
            JsonShape.Differences(body, JsonNode.Parse(answer.Text), silent).ShouldBeEmpty();
        }
        else if (recorded["body_text"] is { } text && text.GetValue<string>().Length != 40)
        {
            answer.Text.ShouldBe(text.GetValue<string>());
        }
    }

    private static Dictionary<string, string> Headers(JsonNode recorded) =>
        recorded["headers"]!.AsObject().ToDictionary(h => h.Key, h => h.Value!.GetValue<string>());

    private static IEnumerable<string> Fixed(IReadOnlyDictionary<string, string> headers) =>
        headers
            .Where(h => !Passing.Contains(h.Key, StringComparer.OrdinalIgnoreCase))
            .Where(h => !Unlike.Contains(h.Key, StringComparer.OrdinalIgnoreCase))
            .Select(h => $"{h.Key.ToLowerInvariant()}: {h.Value}")
            .Order(StringComparer.Ordinal);
}
