using System.Diagnostics;
using Bascule.Cli.Commands;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Simulators.Forges;

namespace Bascule.Cli.Demo.Airflow;

/// <summary>The story: a first deployment, a pull request that the gate refuses until it is mended, its merge, a commit that fails in Airflow, and the way back.</summary>
internal sealed class AirflowStory(DemoStage stage, AirflowDemo airflow)
{
    private const string Main = "main";
    private const string Branch = "weekly-report";
    private const string Forecast = "dags/churn.py";
    private const string Report = "dags/report.py";
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly DemoNarrator _narrator = new(stage.Client);

    public async Task<DemoResult> PlayAsync(CancellationToken cancellationToken)
    {
        var repository = await stage.CreateRepositoryAsync(AirflowDemo.Repository, cancellationToken);
        await ConnectAsync(cancellationToken);
        await using var processor = airflow.StartFollowing(stage.Ground);

        DemoStage.Scene($"A first push to main: {AirflowDemo.Ref} is made, Airflow reads it and runs the DAG");
        Sample.Dags.WriteTo(stage.Developer);
        var first = await PushAsync(Main, "Forecast who leaves", cancellationToken);

        DemoStage.Scene("Another host reads DAGs from a folder");
        await using var reader = new DagsReader(airflow, stage.Ground);
        var followers = new AirflowFollowers(processor, reader);
        await followers.SeeAsync(first.Run.Commit, cancellationToken);

        var (pullRequest, isTold) = await ProposeAsync(repository, cancellationToken);

        DemoStage.Scene("The merge: the deploy ref moves, and both follow");
        var accepted = DateTimeOffset.UtcNow;
        var merge = await stage.Forge.MergePullRequestAsync(
            repository,
            pullRequest,
            DemoStage.DeveloperName,
            cancellationToken
        );
        var merged = await _narrator.FollowAsync(merge, cancellationToken);
        var deployed = await followers.SeeAsync(merge, cancellationToken);
        var good = reader.Read(Forecast);

        DemoStage.Scene("A commit that passes the gate, and fails in Airflow");
        var failed = await PushBrokenAsync(cancellationToken);
        await followers.SeeAsync(failed.Run.Commit, cancellationToken);
        var bad = reader.Read(Forecast);

        DemoStage.Scene($"bascule rollback {AirflowDemo.Environment}");
        await RollBackAsync(cancellationToken);
        var back = await followers.SeeAsync(merge, cancellationToken);
        var proposal = await new ForgeReading(stage.Forge, repository).FindProposalAsync(
            failed.Run.Commit,
            cancellationToken
        );
        OutputFeature.Say($"  the repository is told too  {proposal ?? "(it was not)"}");
        var isRestored = good is not null && bad is not null && good != bad && reader.Read(Forecast) == good;

        var ending = new Ending(repository, pullRequest, merge, accepted, merged, failed);
        var result = await new AirflowReading(stage, airflow).ReadAsync(
            ending,
            new DemoDeployment(deployed, back),
            cancellationToken
        );
        return result with { Ok = result.Ok && isTold && isRestored && proposal is not null, Took = _clock.Elapsed };
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        DemoStage.Scene("bascule connect");
        await foreach (var finding in stage.Client.ConnectAsync(cancellationToken))
            OutputFeature.Say(FindingsFeature.Text(finding.Value));
    }

    private async Task<RunDetail> PushAsync(string branch, string message, CancellationToken cancellationToken)
    {
        var commit = await stage.Developer.CommitAndPushAsync(branch, message, cancellationToken);
        return await _narrator.FollowAsync(commit, cancellationToken);
    }

    /// <summary>A second DAG, copied from the first with its id: Airflow would run one of the two, and nobody knows which.</summary>
    /// <returns>The pull request, and whether the gate said what is wrong until it was mended.</returns>
    private async Task<(long PullRequest, bool IsTold)> ProposeAsync(
        ForgeRepository repository,
        CancellationToken cancellationToken
    )
    {
        DemoStage.Scene("A pull request: the gate says what is wrong, by file and line");
        stage.Developer.Copy(Forecast, Report);
        var copied = await stage.Developer.CommitAndPushAsync(Branch, "Report every week", cancellationToken);
        var opened = await stage.Forge.OpenPullRequestAsync(
            repository,
            DemoStage.DeveloperName,
            Branch,
            Main,
            "Report every week",
            cancellationToken: cancellationToken
        );
        var refused = await _narrator.FollowAsync(copied, cancellationToken);

        DemoStage.Scene("It is mended: there is a plan, and nothing has moved");
        stage.Developer.Edit(Report, "\"churn\"", "\"churn_report\"");
        var planned = await PushAsync(Branch, "Give the report an id of its own", cancellationToken);
        var isTold =
            refused.Run is { State: RunState.Refused, Reason: { } reason }
            && reason.Contains($"{Report}:", StringComparison.Ordinal)
            && planned.Run.State == RunState.Planned;
        return (opened.Number, isTold);
    }

    private async Task<RunDetail> PushBrokenAsync(CancellationToken cancellationToken)
    {
        await stage.Developer.PullAsync(Main, cancellationToken);
        stage.Developer.Edit(Forecast, "[\"threshold\"]", "[\"treshold\"]");
        // The simulator runs no Python: this line says what the one above would do.
        stage.Developer.Edit(Forecast, "def forecast(", "# simulator: fails forecast\ndef forecast(");
        return await PushAsync(Main, "Rename a parameter, but not everywhere", cancellationToken);
    }

    private async Task RollBackAsync(CancellationToken cancellationToken)
    {
        var listed = await stage.Client.ListDeploymentsAsync(AirflowDemo.Environment, cancellationToken);
        var back = await stage.Client.RollBackAsync(
            listed.Value.Deployments[0],
            "the forecast fails",
            cancellationToken
        );
        OutputFeature.Say(RollbackCommand.Text(back.Value));
    }
}
