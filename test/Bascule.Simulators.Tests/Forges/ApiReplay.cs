using System.Text;
using Bascule.Simulators.Forges;

namespace Bascule.Simulators.Tests.Forges;

/// <summary>What the simulator answered to a recorded request.</summary>
internal sealed record ReplayedAnswer(
    int Status,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyList<string> Cookies,
    string Text
);

/// <summary>Sends the recorded API requests in the lab's order, with the lab's ids put in place, and keeps the answers.</summary>
public abstract class ApiReplay(ForgeFlavour flavour) : IAsyncLifetime
{
    private readonly Dictionary<string, ReplayedAnswer> _answers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private ForgeWorld _world = null!;

    internal ForgeFlavour Flavour => flavour;

    internal ForgeWorld World => _world;

    internal ReplayedAnswer Answer(string name) => _answers[name];

    public async Task InitializeAsync()
    {
        _world = await ForgeWorld.StartAsync(flavour);
        await PlayAsync();
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    protected abstract Task PlayAsync();

    /// <summary>Every later request says <paramref name="ours"/> where the lab said <paramref name="theirs"/>.</summary>
    protected void Replace(string theirs, string ours) => _ids[theirs] = ours;

    protected Task<string> CommitAsync(string branch, string content) =>
        _world.Forge.CommitAsync(
            _world.Repository,
            "alice",
            branch,
            "work on " + branch,
            new Dictionary<string, string?> { ["jobs/train.py"] = content }
        );

    /// <summary>A branch that starts at another one.</summary>
    protected async Task BranchAsync(string name, string from, string path)
    {
        var copy = await _world.CloneAsync();
        await copy.RunAsync("switch", "-q", "-c", name, "origin/" + from);
        await copy.CommitAsync(path, "x\n", "start " + name);
        await copy.RunAsync("push", "-q", "origin", name);
    }

    protected async Task SendAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await SendChangedAsync(name, null);
        }
    }

    protected async Task SendChangedAsync(string name, Action<HttpRequestMessage>? change)
    {
        var recorded = Recording.Json(flavour, $"api/{name}.json")["request"]!;
        var auth = recorded["auth"]!.GetValue<string>();
        using var client = _world.Client(auth == "(none)" ? null : auth);
        using var request = new HttpRequestMessage(
            HttpMethod.Parse(recorded["method"]!.GetValue<string>()),
            Ours(recorded["path"]!.GetValue<string>())
        );
        if (recorded["body"] is { } body)
        {
            request.Content = new StringContent(Ours(body.ToJsonString()), Encoding.UTF8, "application/json");
        }

        change?.Invoke(request);
        using var response = await client.SendAsync(request);
        _answers[name] = await ReadAsync(response);
    }

    private static async Task<ReplayedAnswer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated);
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [];
        return new ReplayedAnswer(
            (int)response.StatusCode,
            headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            [.. cookies.Select(c => c.Split('=')[0])],
            await response.Content.ReadAsStringAsync()
        );
    }

    private string Ours(string text) =>
        _ids.Aggregate(text, (t, pair) => t.Replace(pair.Key, pair.Value, StringComparison.Ordinal));
}

public sealed class GiteaApiReplay() : ApiReplay(ForgeFlavour.Gitea)
{
    protected override async Task PlayAsync()
    {
        await SendAsync("version", "settings_api", "auth_none", "auth_bad_token", "auth_Token_capital", "auth_bearer");
        await SendAsync("auth_bearer_lower", "auth_query_token", "auth_basic_password", "auth_basic_token_as_password");
        await SendAsync(
            "auth_basic_token_as_user",
            "auth_basic_token_as_user_x",
            "auth_basic_wronguser_token_as_password"
        );
        await SendChangedAsync("auth_sudo", r => r.Headers.Add("Sudo", "bob"));
        await SendAsync("user_get_authenticated", "user_get_by_name", "user_get_missing", "user_orgs");
        await SendAsync(
            "token_create_basic",
            "token_create_for_other_user",
            "token_create_with_token_auth",
            "token_list_basic"
        );
        await SendAsync("repo_create_public", "org_repo_create_second", "repo_get", "repo_get_missing");
        await SendAsync("repo_get_private_anonymous", "repo_get_private_forbidden", "repo_list_mine", "repo_search");
        await SendAsync("hook_create", "hook_get", "hook_list", "hook_test", "hook_update_secret", "hook_patch_full");
        await SendAsync("collaborator_add", "collaborator_check", "collaborators_list", "collaborator_permission");
        Replace("collaborators/alice", "collaborators/labadmin");
        await SendAsync("collaborator_check_team_member");
        await GitAsync();
        await IssuesAsync();
        await PullsAsync();
    }

    private async Task GitAsync()
    {
        var tip = await CommitAsync("main", "print(1)\n");
        await BranchAsync("feature/a-1", "main", "f.txt");
        Replace("430394d9b499b7722f30f74aea1345f40e435076", tip);
        Replace("430394d9b4", tip[..10]);
        await SendAsync("branch_get", "branch_get_missing", "branches_list", "raw_file", "raw_file_by_path_ref");
        await SendAsync("commit_get", "commit_get_branch", "commit_get_short", "commit_get_missing");
        await SendAsync("branch_protection_create", "branch_protection_list", "branch_get_protected");
    }

    private async Task IssuesAsync()
    {
        await SendAsync("label_create", "issue_create", "issue_comment_create", "issue_comment_edit");
        await SendAsync("issue_comment_edit_by_other_writer", "issue_comment_list", "issue_comment_delete");
        await SendAsync("issue_edit_close", "issue_edit_reopen", "issue_edit_title", "issue_label_add");
    }

    private async Task PullsAsync()
    {
        await BranchAsync("pr-1", "main", "p.txt");
        await SendAsync("pr_create", "pr_get", "pr_list");
        var head = World.Forge.PullRequests(World.Repository)[0].HeadSha;
        Replace("d2187fced17dc9368352f59176a96f1d45147385", head);
        Replace("d2187fce", head[..8]);
        await SendAsync(
            "status_create_pending",
            "status_create_success",
            "status_create_failure",
            "status_create_error"
        );
        await SendAsync("status_create_warning", "status_create_running", "status_create_skipped");
        await SendAsync("status_create_long_context", "status_list", "status_list_commits", "status_combined");
        await SendAsync("status_create_short_sha", "status_create_unknown_sha", "status_create_by_outsider");
        await SendAsync("pr_comment_create");
        Replace("comments/10", "comments/2");
        await SendAsync("pr_comment_edit", "pr_label", "pr_edit_title", "pr_close", "pr_reopen");
        await SendAsync("pr_merge_blocked_by_status", "pr_merge_blocked_admin", "pr_get_merged", "pr_merge");
        await SendAsync("fork_create");
        var fork = World.Forge.FindRepository("bob", "pipelines")!;
        await World.Forge.CommitAsync(fork, "bob", "main", "fork", new Dictionary<string, string?> { ["x"] = "1" });
        await new WorkingCopy(fork.GitDirectory, World.CaFile, 2).RunAsync("branch", "fork-feature", "main");
        await SendAsync("pr_create_from_fork", "pr_files");
    }
}

public sealed class GogsApiReplay() : ApiReplay(ForgeFlavour.Gogs)
{
    protected override async Task PlayAsync()
    {
        await SendAsync("version_missing_endpoint", "auth_none", "auth_token", "auth_Token_capital", "auth_bearer");
        await SendAsync(
            "auth_query_token",
            "auth_query_access_token",
            "auth_basic_password",
            "auth_basic_token_as_password"
        );
        await SendAsync(
            "auth_basic_token_as_user",
            "user_get_authenticated",
            "user_get_by_name",
            "user_get_by_name_anonymous"
        );
        await SendAsync("user_get_missing", "user_orgs", "user_search", "org_get");
        await SendAsync(
            "token_create_basic",
            "token_create_for_other_user",
            "token_create_with_token_auth",
            "token_list_basic"
        );
        await SendAsync("tokens_of_bob_after_cross_create", "tokens_of_labadmin_after_cross_create", "token_delete");
        await SendAsync(
            "repo_create_public",
            "repo_get",
            "repo_get_missing",
            "repo_get_private_anonymous",
            "repo_get_bad_token"
        );
        await SendAsync(
            "repo_get_private_forbidden",
            "repo_get_by_labadmin",
            "repo_list_mine",
            "repo_list_user_explore"
        );
        await World.Forge.CreateRepositoryAsync("acme", "second", defaultBranch: "master");
        await SendAsync("hook_create", "hook_list", "hook_update", "hook_create_form", "hook_create_bad_content_type");
        await SendAsync(
            "hook_create_no_type",
            "hook_create_by_writer_forbidden",
            "hook_get_missing_endpoint",
            "hook_tests_missing_endpoint"
        );
        await SendAsync("collaborator_add", "collaborator_check", "collaborators_list", "collaborators_list_by_writer");
        await SendAsync("collaborator_permission_missing_endpoint");
        Replace("collaborators/alice", "collaborators/labadmin");
        await SendAsync("collaborator_check_team_member");
        await GitAsync();
        await IssuesAsync();
    }

    private async Task GitAsync()
    {
        var tip = await CommitAsync("master", "print(1)\nprint(1)\n");
        await BranchAsync("feature/a-1", "master", "jobs/b.py");
        Replace("5aaca4fe864b56f8d5194ee456894a4773dd343e", tip);
        Replace("5aaca4fe86", tip[..10]);
        await SendAsync("branch_get", "branch_get_missing", "branches_list", "raw_file", "raw_file_missing");
        await SendAsync("raw_file_branch_with_slash", "raw_file_by_sha", "refs_pull_visible");
        await SendAsync("commit_get", "commit_get_by_branch_name", "commit_get_short_sha", "commit_get_missing");
        await SendChangedAsync(
            "commit_get_sha1_accept",
            r =>
            {
                r.Headers.Accept.Clear();
                r.Headers.TryAddWithoutValidation("Accept", "application/vnd.gogs.sha");
            }
        );
        await SendAsync(
            "commit_status_missing_endpoint",
            "status_create_missing_endpoint",
            "status_list_missing_endpoint"
        );
        await SendAsync(
            "commit_list",
            "contents_missing_endpoint",
            "git_trees_missing_endpoint",
            "org_hooks_missing_endpoint"
        );
        await SendAsync("pr_get_missing_endpoint", "pr_list_missing_endpoint", "protected_branches_missing_endpoint");
        await SendAsync("releases_missing_endpoint", "tags_missing_endpoint");
    }

    private async Task IssuesAsync()
    {
        await SendAsync("label_create", "issue_create", "issue_comment_create", "issue_comment_edit");
        await SendAsync("issue_comment_edit_by_other_writer", "issue_comment_list", "issue_comment_list_repo");
        await SendAsync("issue_comment_on_private_by_outsider", "issue_comment_by_reader_on_public");
        await SendAsync("comment_markdown_html", "issue_comment_delete", "issue_edit_close", "issue_edit_reopen");
        await SendAsync("issue_edit_title", "issue_label_add", "issue_list");
        await BranchAsync("pr-1", "master", "p.txt");
        await World.Forge.OpenPullRequestAsync(World.Repository, "alice", "pr-1", "master", "PR one", "please review");
        await SendAsync("pr_as_issue_get", "pr_comment_create_via_issue_api");
        Replace("comments/4", "comments/3");
        await SendAsync("pr_comment_edit");
    }
}
