using Bascule.Simulators.Forges;

namespace Bascule.Simulators.Tests.Forges;

/// <summary>Plays the actions behind the recordings once per flavour and keeps what each of them sent, under the recording's name.</summary>
public abstract class LabStory(ForgeFlavour flavour) : IAsyncLifetime
{
    private readonly Dictionary<string, ReceivedHook> _hooks = new(StringComparer.Ordinal);
    private ForgeWorld _world = null!;
    private WorkingCopy _alice = null!;

    private string Trunk => flavour == ForgeFlavour.Gogs ? "master" : "main";

    private ForgeSimulator Forge => _world.Forge;

    private ForgeRepository Repository => _world.Repository;

    internal ReceivedHook? Find(string name) => _hooks.GetValueOrDefault(name);

    internal IEnumerable<string> Names => _hooks.Keys;

    public async Task InitializeAsync()
    {
        _world = await ForgeWorld.StartAsync(flavour);
        _world.Listen();
        _alice = await _world.CloneAsync();
        await PushesAsync();
        await TagsAsync();
        await IssuesAsync();
        await PullsAsync();
        await ForksAsync();
        await ButtonsAsync();
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    private async Task PushesAsync()
    {
        await _alice.CommitAsync(
            "jobs/train.py",
            "print(1)\n",
            "add train job\n\nBody line with ünïcødé and \"quotes\" <tag> & amp"
        );
        await StepAsync("push_branch", () => _alice.RunAsync("push", "-q", "origin", Trunk));
        await _alice.RunAsync("switch", "-q", "-c", "feature/a-1");
        await _alice.CommitAsync("jobs/b.py", "x\n", "feature work");
        await StepAsync("branch_create", () => _alice.RunAsync("push", "-q", "origin", "feature/a-1"));
        await StepAsync(
            "branch_create_no_new_commits",
            () => _alice.RunAsync("push", "-q", "origin", "HEAD:same-commit")
        );
        await StepAsync(
            "push_multi_ref",
            () => _alice.RunAsync("push", "-q", "origin", "HEAD:multi-1", "HEAD:multi-2")
        );
        await _alice.RunAsync("commit", "-q", "--amend", "-m", "feature work amended");
        await StepAsync("push_force", () => _alice.RunAsync("push", "-q", "-f", "origin", "feature/a-1"));
        var count = flavour == ForgeFlavour.Gogs ? 25 : 35;
        for (var i = 0; i < count; i++)
        {
            await _alice.CommitAsync($"many/f{i}.txt", "x", $"commit {i} of {count}");
        }

        await StepAsync($"push_{count}_commits", () => _alice.RunAsync("push", "-q", "origin", "feature/a-1"));
    }

    private async Task TagsAsync()
    {
        await _alice.RunAsync("tag", "v1.0-light");
        await StepAsync("tag_create_lightweight", () => _alice.RunAsync("push", "-q", "origin", "v1.0-light"));
        await _alice.RunAsync("tag", "-a", "v1.0", "-m", "annotated release");
        await StepAsync("tag_create_annotated", () => _alice.RunAsync("push", "-q", "origin", "v1.0"));
        await StepAsync("tag_delete", () => _alice.RunAsync("push", "-q", "origin", ":refs/tags/v1.0-light"));
        await StepAsync("branch_delete", () => _alice.RunAsync("push", "-q", "origin", ":same-commit"));
        await StepAsync("push_custom_ref", () => _alice.RunAsync("push", "-q", "origin", "HEAD~3:refs/bascule/x"));
        await StepAsync("push_custom_ref_again", () => _alice.RunAsync("push", "-q", "origin", "HEAD:refs/bascule/x"));
    }

    private async Task IssuesAsync()
    {
        var issue = 0L;
        var comment = 0L;
        await StepAsync(
            "issues_opened",
            () => issue = Forge.OpenIssue(Repository, "bob", "bug", "it breaks @bob").Number
        );
        await StepAsync(
            "issue_comment_created",
            () => comment = Forge.AddComment(Repository, issue, "bob", "first comment").Id
        );
        await StepAsync("issue_comment_edited", () => Forge.EditComment(Repository, comment, "bob", "edited comment"));
        await StepAsync("issue_comment_deleted", () => Forge.DeleteComment(Repository, comment, "bob"));
        await StepAsync("issues_closed", () => Forge.EditIssue(Repository, issue, "bob", state: "closed"));
        await StepAsync("issues_reopened", () => Forge.EditIssue(Repository, issue, "bob", state: "open"));
        await StepAsync("issues_edited", () => Forge.EditIssue(Repository, issue, "bob", title: "bug2"));
        await StepAsync("issues_label_updated", () => Forge.AddLabels(Repository, issue, "labadmin", "run"));
    }

    private async Task PullsAsync()
    {
        await _alice.RunAsync("switch", "-q", "-c", "pr-1", "origin/" + Trunk);
        await _alice.CommitAsync("jobs/pr1.py", "1", "pr commit");
        await _alice.RunAsync("push", "-q", "origin", "pr-1");
        var number = 0L;
        await StepAsync(
            "pull_request_opened",
            async () =>
                number = (
                    await Forge.OpenPullRequestAsync(Repository, "alice", "pr-1", Trunk, "PR one", "please review")
                ).Number
        );
        await _alice.CommitAsync("jobs/pr1.py", "2", "pr commit 2");
        await StepAsync("pull_request_synchronized", () => _alice.RunAsync("push", "-q", "origin", "pr-1"));
        var comment = 0L;
        await StepAsync(
            "pr_comment_created",
            () => comment = Forge.AddComment(Repository, number, "bob", "PR comment by API").Id
        );
        await StepAsync("pr_comment_edited", () => Forge.EditComment(Repository, comment, "bob", "PR comment edited"));
        await StepAsync(
            "pull_request_edited",
            () => Forge.EditPullRequest(Repository, number, "alice", "PR one renamed")
        );
        await StepAsync("pull_request_label", () => Forge.AddLabels(Repository, number, "labadmin", "run"));
        await StepAsync("pull_request_closed_unmerged", () => Forge.ClosePullRequest(Repository, number, "alice"));
        await StepAsync("pull_request_reopened", () => Forge.ReopenPullRequest(Repository, number, "alice"));
        await _alice.RunAsync("commit", "-q", "--amend", "-m", "pr commit 2 amended");
        await StepAsync(
            "pull_request_synchronized_force_push",
            () => _alice.RunAsync("push", "-q", "-f", "origin", "pr-1")
        );
        await StepAsync("pull_request_merged", () => Forge.MergePullRequestAsync(Repository, number, "labadmin"));
    }

    private async Task ForksAsync()
    {
        ForgeRepository fork = null!;
        await StepAsync("fork", async () => fork = await Forge.ForkRepositoryAsync(Repository, "bob"));
        var bob = await _world.CloneAsync("bob", repository: fork);
        await bob.RunAsync("switch", "-q", "-c", "fork-feature");
        await bob.CommitAsync("fork.txt", "1", "from the fork");
        await bob.RunAsync("push", "-q", "origin", "fork-feature");
        await StepAsync(
            "pull_request_opened_from_fork",
            () => Forge.OpenPullRequestAsync(Repository, "bob", "bob:fork-feature", Trunk, "PR from fork", "cross repo")
        );
    }

    private async Task ButtonsAsync()
    {
        var hook = Forge.Hooks(Repository)[0].Id;
        await Forge.CommitAsync(
            Repository,
            "alice",
            Trunk,
            "web edit",
            new Dictionary<string, string?> { ["README.md"] = "x" }
        );
        await StepAsync("push_test_button", () => Forge.TestHookAsync(Repository, hook, "labadmin"));
        await StepAsync(
            flavour == ForgeFlavour.Gogs ? "push_web_editor" : "push_contents_api",
            () =>
                Forge.CommitAsync(
                    Repository,
                    "alice",
                    Trunk,
                    "via API",
                    new Dictionary<string, string?> { ["web.txt"] = "hi" }
                )
        );
    }

    private Task StepAsync(string name, Action action) =>
        StepAsync(
            name,
            () =>
            {
                action();
                return Task.CompletedTask;
            }
        );

    /// <summary>One delivery keeps the step's name; several carry their event, and -2 for the second of a kind.</summary>
    private async Task StepAsync(string name, Func<Task> action)
    {
        var before = (await _world.HooksAsync()).Count;
        await action();
        var sent = (await _world.HooksAsync()).Skip(before).ToList();
        foreach (var hook in sent)
        {
            var key = sent.Count == 1 ? name : $"{name}.{hook.Event}";
            if (!_hooks.TryAdd(key, hook))
            {
                _hooks.Add(key + "-2", hook);
            }
        }
    }
}

public sealed class GiteaLabStory() : LabStory(ForgeFlavour.Gitea);

public sealed class GogsLabStory() : LabStory(ForgeFlavour.Gogs);
