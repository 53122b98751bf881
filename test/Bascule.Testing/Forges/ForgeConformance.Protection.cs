using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Bascule.Core.Forges;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Forges;

public abstract partial class ForgeConformance
{
    private const string Required = "bascule/ml-prod";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [ForgeFact]
    public void OnlyAForgeWithStatusesCanWaitForThem() =>
        (Forge is IBranchProtection).ShouldBe(Forge is ICommitStatuses);

    [ForgeFact]
    public async Task ARuleOfTheOwnerKeepsAllThatItSays()
    {
        if (Forge is not IBranchProtection protection)
            return;
        var repository = await stage.NewRepositoryAsync();
        var branch = RefName.Parse("refs/heads/" + repository.DefaultBranch);
        using var web = new ForgeWeb(stage.Url, stage.CaFile);
        var rules = $"/repos/{repository.FullName}/branch_protections";
        var owners = await web.CallAsync(
            HttpMethod.Post,
            rules,
            $"token {stage.Bot.Token}",
            new
            {
                branch_name = repository.DefaultBranch,
                enable_status_check = true,
                status_check_contexts = new[] { "ci" },
                required_approvals = 1,
                block_on_rejected_reviews = true,
            }
        );

        (await protection.RequireStatusesAsync(repository, branch, [Required], default)).Problem.ShouldBeNull();
        (await protection.RequireStatusesAsync(repository, branch, [Required], default)).Problem.ShouldBeNull();

        var found = (await protection.FindProtectionAsync(repository, branch, default)).Value.ShouldNotBeNull();
        found.Contexts.ShouldBe(["ci", Required]);
        found.TakesPushes.ShouldBeFalse();
        var after = await web.CallAsync(HttpMethod.Get, rules, $"token {stage.Bot.Token}");
        Others(after!.AsArray().ShouldHaveSingleItem()!).ShouldBe(Others(owners!));
    }

    /// <summary>Also says what a required status is worth: whoever may write to the repository can write it.</summary>
    [ForgeFact]
    [Trait("Threat", "T135")]
    public async Task AMergeWaitsForTheStatusWhoeverWritesIt()
    {
        if (Forge is not IBranchProtection protection || Forge is not ICommitStatuses statuses)
            return;
        var (repository, number, head) = await HeadAsync();
        var branch = RefName.Parse("refs/heads/" + repository.DefaultBranch);
        (await protection.FindProtectionAsync(repository, branch, default)).Value.ShouldBeNull();
        (await protection.RequireStatusesAsync(repository, branch, [Required], default)).Problem.ShouldBeNull();
        CommitStatus Status(CommitStatusState state) => new(state, Required, "", null);
        var forger = (ICommitStatuses)stage.Connect(stage.Writer.Token);

        (await MergesAsync(repository, number)).ShouldBeFalse();
        await statuses.SetStatusAsync(repository, head, Status(CommitStatusState.Pending), default);
        (await MergesAsync(repository, number)).ShouldBeFalse();
        await forger.SetStatusAsync(repository, head, Status(CommitStatusState.Success), default);
        var forged = (await statuses.ListStatusesAsync(repository, head, default)).Value.ShouldHaveSingleItem();
        await statuses.SetStatusAsync(repository, head, Status(CommitStatusState.Failure), default);
        (await MergesAsync(repository, number)).ShouldBeFalse();
        await forger.SetStatusAsync(repository, head, Status(CommitStatusState.Success), default);

        forged.CreatorId.ShouldNotBe((await Forge.IdentifyAsync(default)).Value.Account.Id);
        (await MergesAsync(repository, number)).ShouldBeTrue();
    }

    [ForgeFact]
    public async Task WhoeverMayOnlyWriteSetsNoProtectionUp()
    {
        if (Forge is not IBranchProtection)
            return;
        var repository = await stage.NewRepositoryAsync();
        var branch = RefName.Parse("refs/heads/" + repository.DefaultBranch);
        var writer = (IBranchProtection)stage.Connect(stage.Writer.Token);

        (await writer.RequireStatusesAsync(repository, branch, [Required], default)).Problem.ShouldNotBeNull();

        (await ((IBranchProtection)Forge).FindProtectionAsync(repository, branch, default)).Value.ShouldBeNull();
    }

    private static string Others(JsonNode rule)
    {
        var others = rule.DeepClone().AsObject();
        others.Remove("status_check_contexts");
        others.Remove("updated_at");
        return others.ToJsonString();
    }

    private async Task<(ForgeRepository Repository, long Number, CommitId Head)> HeadAsync()
    {
        var repository = await stage.NewRepositoryAsync();
        using var clone = await stage.CloneAsync(repository);
        await clone.BranchAsync("topic");
        await clone.CommitAsync("f.txt", "1");
        await clone.PushAsync("topic");
        return (repository, await stage.OpenPullRequestAsync(repository, "topic", "A change"), await clone.TipAsync());
    }

    /// <summary>Asked once the forge has found out that nothing else stands in the way.</summary>
    private async Task<bool> MergesAsync(ForgeRepository repository, long number)
    {
        using var web = new ForgeWeb(stage.Url, stage.CaFile);
        var path = $"/repos/{repository.FullName}/pulls/{number}";
        var (token, started) = ($"token {stage.Bot.Token}", Stopwatch.GetTimestamp());
        while (!(await web.CallAsync(HttpMethod.Get, path, token))!["mergeable"]!.GetValue<bool>())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Patience, $"{path} was never mergeable");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
        var (status, _) = await web.TryCallAsync(HttpMethod.Post, path + "/merge", token, new { Do = "merge" });
        return status == HttpStatusCode.OK;
    }
}
