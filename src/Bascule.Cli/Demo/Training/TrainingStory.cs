using System.Diagnostics;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Lineage;
using Bascule.Core.Runs;

namespace Bascule.Cli.Demo.Training;

/// <summary>The story: a first push, a pull request, its merge, and a commit that breaks the script.</summary>
internal sealed class TrainingStory(DemoStage stage, ITrainingDemo platform)
{
    private const string Main = "main";
    private const string Branch = "richer-features";
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly DemoNarrator _narrator = new(stage.Client);

    public async Task<DemoResult> PlayAsync(CancellationToken cancellationToken)
    {
        var repository = await stage.CreateRepositoryAsync("churn", cancellationToken);
        await ConnectAsync(cancellationToken);

        DemoStage.Scene("A first push to main: trained in ml-prod");
        var first = await PushFirstAsync(cancellationToken);
        await _narrator.FollowAsync(first, cancellationToken);

        DemoStage.Scene("A pull request: its head is trained in ml-dev");
        var head = await PushBranchAsync(cancellationToken);
        var pullRequest = await stage.Forge.OpenPullRequestAsync(
            repository,
            DemoStage.DeveloperName,
            Branch,
            Main,
            "Use all four features",
            cancellationToken: cancellationToken
        );
        await _narrator.FollowAsync(head, cancellationToken);

        DemoStage.Scene("The merge: trained in ml-prod again");
        var accepted = DateTimeOffset.UtcNow;
        var merge = await stage.Forge.MergePullRequestAsync(
            repository,
            pullRequest.Number,
            DemoStage.DeveloperName,
            cancellationToken
        );
        var merged = await _narrator.FollowAsync(merge, cancellationToken);

        DemoStage.Scene("A commit that breaks the script");
        var broken = await PushBrokenAsync(cancellationToken);
        var failed = await _narrator.FollowAsync(broken, cancellationToken);

        return await ReadBackAsync(
            new Ending(repository, pullRequest.Number, merge, accepted, merged, failed),
            cancellationToken
        );
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        DemoStage.Scene("bascule connect, then the administrator pastes what it printed, then bascule doctor");
        await foreach (var finding in stage.Client.ConnectAsync(cancellationToken))
        {
            if (finding.Value.Kind != FindingKind.Bad)
                OutputFeature.Say(FindingsFeature.Text(finding.Value));
            platform.Paste(finding.Value);
        }
        await foreach (var finding in stage.Client.ExamineAsync(cancellationToken))
            OutputFeature.Say(FindingsFeature.Text(finding.Value));
    }

    private Task<string> PushFirstAsync(CancellationToken cancellationToken)
    {
        platform.Sample.WriteTo(stage.Developer);
        return stage.Developer.CommitAndPushAsync(Main, "Train a churn classifier", cancellationToken);
    }

    private Task<string> PushBranchAsync(CancellationToken cancellationToken)
    {
        const string Two = "\"tenure_months\", \"support_calls\"";
        stage.Developer.Edit("train.py", Two, $"{Two}, \"monthly_charge\", \"yearly_contract\"");
        return stage.Developer.CommitAndPushAsync(Branch, "Use all four features", cancellationToken);
    }

    private async Task<string> PushBrokenAsync(CancellationToken cancellationToken)
    {
        await stage.Developer.PullAsync(Main, cancellationToken);
        stage.Developer.Edit("train.py", "\"yearly_contract\"", "\"contract_years\"");
        return await stage.Developer.CommitAndPushAsync(
            Main,
            "Rename a feature, but not in the data",
            cancellationToken
        );
    }

    private async Task<DemoResult> ReadBackAsync(Ending ending, CancellationToken cancellationToken)
    {
        DemoStage.Scene("What the forge and the platform say now");
        var forge = new ForgeReading(stage.Forge, ending.Repository);
        await forge.SettleAsync(ending, cancellationToken);
        var comment = forge.CommentOf(ending.PullRequest);
        var started = platform.FirstStartSince(ending.MergeAccepted);
        var result = new DemoResult
        {
            Forge = stage.ForgeName,
            Platform = platform.Kind,
            CommitStatus = forge.StatusOf(ending.Merge, comment),
            Comment = comment,
            Metrics = ending.Merged.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value),
            ModelVersion = ending.Merged.Run.Models.Count > 0 ? ending.Merged.Run.Models[0].Version : null,
            PlatformRuns = platform.PlatformRuns,
            PushToStartMilliseconds = (started - ending.MergeAccepted).TotalMilliseconds,
            Simulated = stage.Simulated,
            Took = _clock.Elapsed,
            Ok = false,
        };
        OutputFeature.Say($"\nThe comment on pull request {ending.PullRequest}:\n\n{comment}");
        await SayTraceAsync(ending.Merged, cancellationToken);
        return result with { Ok = IsWhole(result, ending, forge) };
    }

    private async Task SayTraceAsync(RunDetail merged, CancellationToken cancellationToken)
    {
        if (merged.Run.Models is not [var model, ..])
            return;
        var question = ModelReference.Of(model.Name, model.Version);
        var trace = await stage.Client.TraceAsync(question, limit: null, cancellationToken);
        OutputFeature.Say($"\nbascule trace {question}\n  {TraceText.Chain(trace.Value)}");
    }

    private static bool IsWhole(DemoResult result, Ending ending, ForgeReading forge) =>
        result is { CommitStatus: "success", ModelVersion: "2", PlatformRuns: 4, Metrics.Count: > 0 }
        && ending.Failed is { Run.State: RunState.Failed } failed
        && forge.ShowsFailure(failed);
}
