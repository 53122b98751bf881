using System.Diagnostics;
using Bascule.Cli.Commands;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Simulators.Forges;

namespace Bascule.Cli.Demo.ApiManagement;

/// <summary>The story: a first publication, a pull request that the gate refuses until it is mended, its merge, a version that callers cannot use, and the way back.</summary>
internal sealed class ApimStory(DemoStage stage, ApimDemo apim)
{
    private const string Main = "main";
    private const string Branch = "stricter-limit";
    private const string Api = "apis/pets/apiInformation.json";
    private const string ApiPolicy = "apis/pets/policy.xml";
    private const string Policy = "policy.xml";
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly DemoNarrator _narrator = new(stage.Client);

    public async Task<DemoResult> PlayAsync(CancellationToken cancellationToken)
    {
        var repository = await stage.CreateRepositoryAsync(ApimDemo.Repository, cancellationToken);
        await ConnectAsync(cancellationToken);

        DemoStage.Scene("A first push to main: the API is published");
        Sample.Apis.WriteTo(stage.Developer);
        await PublishAsync("Publish the pets", cancellationToken);

        var (pullRequest, isTold) = await ProposeAsync(repository, cancellationToken);

        DemoStage.Scene("The merge: what was planned is published, and nothing else");
        var accepted = DateTimeOffset.UtcNow;
        var merge = await stage.Forge.MergePullRequestAsync(
            repository,
            pullRequest,
            DemoStage.DeveloperName,
            cancellationToken
        );
        var merged = await _narrator.FollowAsync(merge, cancellationToken);
        var good = Show();

        DemoStage.Scene("A version that passes the gate, and that callers cannot use");
        var bad = await PublishBadAsync(cancellationToken);
        var left = Show();

        DemoStage.Scene($"bascule rollback {ApimDemo.Environment}");
        await RollBackAsync(cancellationToken);
        var rollback = await _narrator.FollowAsync(merge, cancellationToken);
        var back = Show();
        var proposal = await new ForgeReading(stage.Forge, repository).FindProposalAsync(bad, cancellationToken);
        OutputFeature.Say($"  the repository is told too  {proposal ?? "(it was not)"}");
        var isRestored =
            good != left && back == good && rollback.Run is { State: RunState.Succeeded, RollsBack: not null };

        var ending = new Ending(repository, pullRequest, merge, accepted, merged, Failed: null);
        var result = await ReadBackAsync(ending, new DemoDeployment(good.Commit, back.Commit), cancellationToken);
        return result with { Ok = result.Ok && isTold && isRestored && proposal is not null, Took = _clock.Elapsed };
    }

    /// <summary>The administrator of Azure grants what the printed command says, and nothing else.</summary>
    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        DemoStage.Scene("bascule connect, then the administrator of Azure pastes what it printed");
        await foreach (var finding in stage.Client.ConnectAsync(cancellationToken))
        {
            if (finding.Value.Kind != FindingKind.Bad)
                OutputFeature.Say(FindingsFeature.Text(finding.Value));
            if (finding.Value.Kind == FindingKind.Note)
                AzureAdministrator.Paste(finding.Value.Command, apim.Simulator.Application, apim.Planner);
        }
    }

    /// <returns>The commit.</returns>
    private async Task<string> PublishAsync(string message, CancellationToken cancellationToken)
    {
        var commit = await stage.Developer.CommitAndPushAsync(Main, message, cancellationToken);
        await _narrator.FollowAsync(commit, cancellationToken);
        return commit;
    }

    /// <summary>A policy without its base drops what the service asks of every call.</summary>
    /// <returns>The pull request, and whether the gate said what is wrong until it was mended.</returns>
    private async Task<(long PullRequest, bool IsTold)> ProposeAsync(
        ForgeRepository repository,
        CancellationToken cancellationToken
    )
    {
        DemoStage.Scene("A pull request: the gate says what is wrong, by file and line");
        const string begun = "  <inbound>\n    <base />\n";
        stage.Developer.Edit(ApiPolicy, begun, "  <inbound>\n");
        stage.Developer.Edit(ApiPolicy, "calls=\"100\"", "calls=\"10\"");
        var dropped = await stage.Developer.CommitAndPushAsync(Branch, "Let nobody ask too often", cancellationToken);
        var opened = await stage.Forge.OpenPullRequestAsync(
            repository,
            DemoStage.DeveloperName,
            Branch,
            Main,
            "Let nobody ask too often",
            cancellationToken: cancellationToken
        );
        var refused = await _narrator.FollowAsync(dropped, cancellationToken);

        DemoStage.Scene(
            "It is mended: the plan of the merge, compared with the service, and nothing has changed there"
        );
        stage.Developer.Edit(ApiPolicy, "  <inbound>\n", begun);
        var mended = await stage.Developer.CommitAndPushAsync(Branch, "Keep what the service asks", cancellationToken);
        var planned = await _narrator.FollowAsync(mended, cancellationToken);
        foreach (var line in planned.PlanSummary)
            OutputFeature.Say($"  {line}");
        var isTold =
            refused.Run is { State: RunState.Refused, Reason: { } reason }
            && reason.Contains($"{ApiPolicy}:", StringComparison.Ordinal)
            && planned.Run is { State: RunState.Planned, OnMerge: true }
            && planned.PlanSummary.Contains("~ apis/pets/policies/policy: value");
        return (opened.Number, isTold);
    }

    private async Task<string> PublishBadAsync(CancellationToken cancellationToken)
    {
        await stage.Developer.PullAsync(Main, cancellationToken);
        stage.Developer.Edit(Api, "https://pets.example.com", "https://pets-v2.example.com");
        stage.Developer.Edit(Policy, "<value>pets</value>", "<value>pets-v2</value>");
        return await PublishAsync("Move to the new host, which is not there yet", cancellationToken);
    }

    private async Task RollBackAsync(CancellationToken cancellationToken)
    {
        var listed = await stage.Client.ListDeploymentsAsync(ApimDemo.Environment, cancellationToken);
        var back = await stage.Client.RollBackAsync(
            listed.Value.Deployments[0],
            "callers get no answer",
            cancellationToken
        );
        OutputFeature.Say(RollbackCommand.Text(back.Value));
    }

    private ServicePicture Show()
    {
        var picture = apim.Look();
        OutputFeature.Say(
            $"  the service has revision {picture.Revision} of commit {picture.Commit?[..8]}, which calls {picture.Backend}"
        );
        return picture;
    }

    private async Task<DemoResult> ReadBackAsync(
        Ending ending,
        DemoDeployment deployment,
        CancellationToken cancellationToken
    )
    {
        DemoStage.Scene("What the forge, the service and the audit log say now");
        var forge = new ForgeReading(stage.Forge, ending.Repository);
        await forge.SettleAsync(ending, cancellationToken);
        var comment = forge.CommentOf(ending.PullRequest);
        var result = new DemoResult
        {
            Forge = stage.ForgeName,
            Platform = ApimDemo.Name,
            CommitStatus = forge.StatusOf(ending.Merge, comment),
            Comment = comment,
            Metrics = new Dictionary<string, double>(),
            ModelVersion = null,
            PlatformRuns = apim.Releases,
            PushToStartMilliseconds = (
                apim.WrittenAfter(ending.MergeAccepted) - ending.MergeAccepted
            ).TotalMilliseconds,
            Simulated = stage.Simulated,
            Took = default,
            Ok = false,
            Deployment = deployment,
        };
        var isVerified = await LogReading.IsVerifiedAsync(stage, cancellationToken);
        OutputFeature.Say($"\nThe comment on pull request {ending.PullRequest}:\n\n{comment}");
        return result with
        {
            Ok =
                isVerified
                && result is { CommitStatus: "success", PlatformRuns: 4, Comment.Length: > 0 }
                && deployment == new DemoDeployment(ending.Merge, ending.Merge)
                && ending.Merged.Run.State == RunState.Succeeded,
        };
    }
}
