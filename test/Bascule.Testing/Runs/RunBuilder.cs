using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Testing.Runs;

/// <summary>A run that lacks nothing; tests change with <c>with</c> what they are about.</summary>
public static class RunBuilder
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    public static readonly RepositoryKey Churn = new("forge1", 7);

    public static Run ARun(RunState state = RunState.Succeeded, int minutes = 0)
    {
        var created = Noon.AddMinutes(minutes);
        var name = RefName.Parse("refs/heads/main");
        var commit = CommitId.Parse(string.Create(CultureInfo.InvariantCulture, $"9f3ac71{minutes + 1000:d33}"));
        var trigger = Trigger.Ref(name, minutes + 1);
        return new Run
        {
            Id = RunId.New(),
            Repository = Churn,
            Forge = "git",
            RepositoryName = "ml/churn",
            Workflow = "churn",
            Environment = "ml-prod",
            Trigger = trigger,
            Ref = name,
            Commit = commit,
            CommitSubject = "Tune depth and learning rate",
            By = new ForgeAccount(3, "ana"),
            Key = IdempotencyKey.Derive(1, Churn, trigger, commit, "churn", "ml-prod", 0),
            State = state,
            CreatedAt = created,
            StartedAt = state
                is RunState.Planned
                    or RunState.AwaitingApproval
                    or RunState.Queued
                    or RunState.Superseded
                    or RunState.Refused
                ? null
                : created.AddSeconds(2),
            FinishedAt = state.IsTerminal() ? created.AddSeconds(42) : null,
        };
    }

    public static Run OfPullRequest(this Run run, long number) =>
        run with
        {
            PullRequest = number,
            Ref = RefName.PullRequestHead(number),
            Environment = "ml-dev",
        };
}
