using Bascule.Core.Forges;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using Bascule.Server.Configuration;

namespace Bascule.Server.Workflows;

/// <summary>When a workflow runs.</summary>
internal sealed record Triggers(PushTrigger? Push, PullRequestTrigger? PullRequest, ScheduleTrigger? Schedule);

/// <summary>Reads a workflow's <c>on</c>.</summary>
internal static class TriggersReader
{
    private const string BranchesRemedy = "list at least one, e.g. [main]";

    public static Triggers Read(SettingReader workflow)
    {
        if (workflow.RequiredMap("on", "say when it runs: push, pull_request, schedule") is not { } on)
            return new Triggers(null, null, null);
        on.RefuseLater("manual", "tag", "tags", "release");
        var push = on.Map("push") is { } pushSettings ? ReadPush(pushSettings) : null;
        var pullRequest = on.Map("pull_request") is { } settings ? ReadPullRequest(settings) : null;
        var schedule = on.Map("schedule") is { } times ? ReadSchedule(times) : null;
        on.RefuseOthers();
        return new Triggers(push, pullRequest, schedule);
    }

    private static ScheduleTrigger? ReadSchedule(SettingReader schedule)
    {
        var cron = schedule.RequiredText("cron", "write five fields, e.g. \"0 3 * * *\" for every night at three");
        var zone = schedule.Find("time_zone") is null
            ? CronTimes.Utc
            : schedule.RequiredText("time_zone", "name one, e.g. Europe/Berlin, or remove the key for UTC");
        var branch = ReadBranch(schedule);
        var environment = schedule.RequiredText("environment", "name the environment to run in");
        schedule.RefuseOthers();
        if (cron is null || zone is null)
            return null;
        if (!CronTimes.TryParse(cron, zone, out _, out var fault))
        {
            var (key, message, remedy) = fault.Value;
            schedule.Refuse(key, message, remedy);
            return null;
        }
        return branch is { } name && environment is not null
            ? new ScheduleTrigger(cron, zone, name, environment)
            : null;
    }

    private static RefName? ReadBranch(SettingReader schedule)
    {
        if (schedule.RequiredText("branch", "name the branch whose tip runs, e.g. main") is not { } text)
            return null;
        if (RefName.TryBranch(text, out var branch))
            return branch;
        schedule.Refuse("branch", "is not the name of a branch", "name one branch, without *, e.g. main");
        return null;
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
