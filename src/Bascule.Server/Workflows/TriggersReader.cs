using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using Bascule.Server.Configuration;

namespace Bascule.Server.Workflows;

/// <summary>Reads a workflow's <c>on</c>.</summary>
internal static class TriggersReader
{
    private const string BranchesRemedy = "list at least one, e.g. [main]";

    public static (PushTrigger? Push, PullRequestTrigger? PullRequest) Read(SettingReader workflow)
    {
        if (workflow.RequiredMap("on", "say when it runs: push, pull_request") is not { } on)
            return (null, null);
        on.RefuseLater("schedule", "manual", "tag", "tags", "release");
        var push = on.Map("push") is { } pushSettings ? ReadPush(pushSettings) : null;
        var pullRequest = on.Map("pull_request") is { } settings ? ReadPullRequest(settings) : null;
        on.RefuseOthers();
        return (push, pullRequest);
    }

    private static PushTrigger ReadPush(SettingReader push)
    {
        push.RefuseLater("tags");
        var branches = push.RequiredGlobs("branches", BranchesRemedy);
        var paths = ReadPaths(push);
        var environment = push.RequiredText("environment", "name the environment to run in");
        push.RefuseOthers();
        return new PushTrigger(branches, paths, environment ?? "");
    }

    private static PullRequestTrigger ReadPullRequest(SettingReader pullRequest)
    {
        var branches = pullRequest.RequiredGlobs("branches", BranchesRemedy);
        var paths = ReadPaths(pullRequest);
        // An empty value would turn a run into a plan without anybody meaning it.
        var environment = pullRequest.Find("environment") is null
            ? null
            : pullRequest.RequiredText("environment", "name one, or remove the key for a plan only");
        pullRequest.RefuseOthers();
        return new PullRequestTrigger(branches, paths, environment);
    }

    private static IReadOnlyList<Glob> ReadPaths(SettingReader trigger) =>
        trigger.Find("paths") is null
            ? []
            : trigger.RequiredGlobs("paths", "list at least one, or remove the key for anything under the root");
}
