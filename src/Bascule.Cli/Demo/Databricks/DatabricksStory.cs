using System.Diagnostics;
using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Lineage;
using Bascule.Core.Runs;
using Repository = Bascule.Simulators.Forges.ForgeRepository;

namespace Bascule.Cli.Demo;

/// <summary>The story: a first push, a pull request, its merge, and a commit that breaks the script.</summary>
internal sealed class DemoPlay(DemoStage stage)
{
    private const string Main = "main";
    private const string Branch = "richer-features";
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly DemoNarrator _narrator = new(stage.Client);

    public async Task<DemoResult> PlayAsync(CancellationToken cancellationToken)
    {
        foreach (var label in stage.Simulated)
            OutputFeature.Say($"Simulated here: {label}");
        OutputFeature.Say($"Console: {stage.ConsoleUrl}");
        var repository = await CreateRepositoryAsync(cancellationToken);
        await ConnectAsync(cancellationToken);

        Scene("A first push to main: trained in ml-prod");
        var first = await PushFirstAsync(cancellationToken);
        await _narrator.FollowAsync(first, cancellationToken);

        Scene("A pull request: its head is trained in ml-dev");
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

        Scene("The merge: trained in ml-prod again");
        var accepted = DateTimeOffset.UtcNow;
        var merge = await stage.Forge.MergePullRequestAsync(
            repository,
            pullRequest.Number,
            DemoStage.DeveloperName,
            cancellationToken
        );
        var merged = await _narrator.FollowAsync(merge, cancellationToken);

        Scene("A commit that breaks the script");
        var broken = await PushBrokenAsync(cancellationToken);
        var failed = await _narrator.FollowAsync(broken, cancellationToken);

        return await ReadBackAsync(
            new Ending(repository, pullRequest.Number, merge, accepted, merged, failed),
            cancellationToken
        );
    }

    private async Task<Repository> CreateRepositoryAsync(CancellationToken cancellationToken)
    {
        var repository = await stage.Forge.CreateRepositoryAsync(
            "ml",
            "churn",
            isPrivate: true,
            cancellationToken: cancellationToken
        );
        stage.Forge.SetCollaborator(repository, DemoStage.BotName, Simulators.Forges.ForgeAccess.Admin);
        await stage.Developer.CloneAsync(repository, cancellationToken);
        return repository;
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        Scene("bascule connect, then the administrator pastes what it printed, then bascule doctor");
        var administrator = new Administrator(stage.Databricks);
        await foreach (var finding in stage.Client.ConnectAsync(cancellationToken))
        {
            if (finding.Value.Kind != FindingKind.Bad)
                OutputFeature.Say(FindingsFeature.Text(finding.Value));
            administrator.Paste(finding.Value);
        }
        await foreach (var finding in stage.Client.ExamineAsync(cancellationToken))
            OutputFeature.Say(FindingsFeature.Text(finding.Value));
    }

    private Task<string> PushFirstAsync(CancellationToken cancellationToken)
    {
        foreach (var file in Sample.Files)
            stage.Developer.Write(file, Sample.Read(file));
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
        Scene("What the forge and the platform say now");
        var forge = new ForgeReading(stage.Forge, ending.Repository);
        await forge.SettleAsync(ending, cancellationToken);
        var comment = forge.CommentOf(ending.PullRequest);
        var started = stage.Databricks.Submitted.First(run => run.ReceivedAt >= ending.MergeAccepted);
        var result = new DemoResult
        {
            Forge = stage.Forge.Flavour.ToString().ToLowerInvariant(),
            CommitStatus = forge.StatusOf(ending.Merge, comment),
            Comment = comment,
            Metrics = ending.Merged.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value),
            ModelVersion = ending.Merged.Run.Models.Count > 0 ? ending.Merged.Run.Models[0].Version : null,
            PlatformRuns = stage.Databricks.PlatformRuns,
            PushToStartMilliseconds = (started.ReceivedAt - ending.MergeAccepted).TotalMilliseconds,
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
        && ending.Failed.Run.State == RunState.Failed
        && forge.ShowsFailure(ending.Failed);

    private static void Scene(string title) =>
        OutputFeature.Say(string.Create(CultureInfo.InvariantCulture, $"\n== {title}"));
}

/// <summary>How the story ended.</summary>
internal sealed record Ending(
    Repository Repository,
    long PullRequest,
    string Merge,
    DateTimeOffset MergeAccepted,
    RunDetail Merged,
    RunDetail Failed
);
