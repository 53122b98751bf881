using Bascule.Core;
using Bascule.Core.Forges;
using Shouldly;

namespace Bascule.Testing.Forges;

public abstract partial class ForgeConformance
{
    [ForgeFact]
    public async Task RegistersListsAndDeletesAWebhook()
    {
        var repository = await stage.NewRepositoryAsync();
        var target = new Uri("https://bascule.example/hooks/1");

        var registered = (await Forge.RegisterWebhookAsync(repository, target, new Secret("s"), default)).Value;
        var listed = (await Forge.ListWebhooksAsync(repository, default)).Value.ShouldHaveSingleItem();
        var deleted = await Forge.DeleteWebhookAsync(repository, registered.Id, default);

        Forge.WebhookEvents.Except(listed.Events).ShouldBeEmpty();
        (listed.Id, listed.Target, listed.Active).ShouldBe((registered.Id, target.AbsoluteUri, true));
        new[] { "push", "create", "delete", "pull_request" }.ShouldBeSubsetOf(listed.Events);
        deleted.Problem.ShouldBeNull();
        (await Forge.ListWebhooksAsync(repository, default)).Value.ShouldBeEmpty();
    }

    [ForgeFact]
    public async Task RefusesAWebhookWithoutSecretAndFromOneWhoMayNot()
    {
        var repository = await stage.NewRepositoryAsync();
        var target = new Uri("https://bascule.example/hooks/1");
        var asWriter = stage.Connect(stage.Writer.Token);

        var secretless = await Forge.RegisterWebhookAsync(repository, target, new Secret(""), default);
        var denied = await asWriter.RegisterWebhookAsync(repository, target, new Secret("s"), default);

        secretless.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        denied.Problem!.Code.ShouldBe(ProblemCode.Denied);
        (await Forge.ListWebhooksAsync(repository, default)).Value.ShouldBeEmpty();
    }

    [ForgeFact]
    public async Task APushMakesADeliveryThatOnlyItsSecretVerifies()
    {
        var (repository, receiver, clone) = await WatchedAsync();
        await using var _ = receiver;
        using var __ = clone;
        var before = await clone.TipAsync();
        var after = await clone.CommitAsync("a.txt", "1");

        await clone.PushAsync(repository.DefaultBranch);

        var push = await receiver.EventAsync<RefHint>(hint => hint.After == after);
        push.Ref.ToString().ShouldBe($"refs/heads/{repository.DefaultBranch}");
        (push.RepositoryId, push.Before).ShouldBe((repository.Id, before));
        push.Pusher!.Login.ShouldBe(stage.Writer.Login);
        Forge
            .Webhooks.Verify(receiver.Requests[0], [new Secret("other")])
            .Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
    }

    [ForgeFact]
    public async Task NewBranchesAndTagsAndTheirDeletionAreTold()
    {
        var (repository, receiver, clone) = await WatchedAsync();
        await using var _ = receiver;
        using var __ = clone;
        await clone.BranchAsync("feature/one");
        var tip = await clone.CommitAsync("b.txt", "1");

        await clone.PushAsync("feature/one");
        var created = await receiver.EventAsync<RefHint>(hint => hint.After == tip && hint.Before is not null);
        await clone.GitAsync("tag", "v1");
        await clone.PushAsync("v1");
        var tagged = await receiver.EventAsync<RefHint>(hint => hint.Ref.IsTag);
        await clone.PushAsync("--delete", "feature/one");
        var deleted = await receiver.EventAsync<RefHint>(IsDeletion);

        created.Ref.ToString().ShouldBe("refs/heads/feature/one");
        created.Before!.Value.IsZero.ShouldBeTrue();
        tagged.Ref.ToString().ShouldBe("refs/tags/v1");
        deleted.RepositoryId.ShouldBe(repository.Id);

        static bool IsDeletion(RefHint hint) =>
            hint is { Ref.ShortName: "feature/one", Before: null, After: null } || hint.After is { IsZero: true };
    }

    [ForgeFact]
    public async Task ARefThatIsNeitherBranchNorTagIsIgnored()
    {
        var (repository, receiver, clone) = await WatchedAsync();
        await using var _ = receiver;
        using var __ = clone;

        await clone.PushAsync("HEAD:refs/bascule/x");
        var tip = await clone.CommitAsync("c.txt", "1");
        await clone.PushAsync(repository.DefaultBranch);
        await receiver.EventAsync<RefHint>(hint => hint.After == tip);

        receiver.Events().OfType<RefHint>().ShouldAllBe(hint => hint.Ref.IsBranch);
    }

    [ForgeFact]
    public async Task APullRequestIsToldWhenOpenedSynchronizedAndMerged()
    {
        var (repository, receiver, clone) = await WatchedAsync();
        await using var _ = receiver;
        using var __ = clone;
        await clone.BranchAsync("topic");
        var first = await clone.CommitAsync("d.txt", "1");
        await clone.PushAsync("topic");

        var number = await stage.OpenPullRequestAsync(repository, "topic", "A change");
        var opened = await PullRequestAsync(receiver, PullRequestAction.Opened);
        var second = await clone.CommitAsync("d.txt", "2");
        await clone.PushAsync("topic");
        var synchronized = await PullRequestAsync(receiver, PullRequestAction.Synchronized);
        await stage.MergePullRequestAsync(repository, number);
        var merged = await PullRequestAsync(receiver, PullRequestAction.Merged);

        (opened.Number, opened.RepositoryId, opened.FromFork).ShouldBe((number, repository.Id, false));
        (opened.Title, opened.HeadBranch, opened.Base.ShortName).ShouldBe(
            ("A change", "topic", repository.DefaultBranch)
        );
        opened.Author!.Login.ShouldBe(stage.Writer.Login);
        merged.Sender!.Login.ShouldBe(stage.Bot.Login);
        if (stage.Kind == "gogs")
            opened.Head.ShouldBeNull();
        else
            (opened.Head, synchronized.Head).ShouldBe((first, second));
    }

    [ForgeFact]
    public async Task APullRequestsHeadIsARefAndItsMergeAPush()
    {
        var (repository, receiver, clone) = await WatchedAsync();
        await using var _ = receiver;
        using var __ = clone;
        await clone.BranchAsync("topic");
        var head = await clone.CommitAsync("e.txt", "1");
        await clone.PushAsync("topic");

        var number = await stage.OpenPullRequestAsync(repository, "topic", "A change");
        var tips = await EventuallyAsync(
            () => GitClone.LsRemoteAsync(Forge.AccessTo(repository)),
            $"refs/pull/{number}/head"
        );
        await stage.MergePullRequestAsync(repository, number);
        var merged = await receiver.EventAsync<RefHint>(hint => hint.Ref.ShortName == repository.DefaultBranch);

        tips.ShouldContain($"{head}\trefs/pull/{number}/head");
        (await GitClone.LsRemoteAsync(Forge.AccessTo(repository)))
            .ShouldNotBeNull()
            .ShouldContain($"{merged.After}\trefs/heads/{repository.DefaultBranch}");
    }

    private static Task<PullRequestHint> PullRequestAsync(HookReceiver receiver, PullRequestAction action) =>
        receiver.EventAsync<PullRequestHint>(hint => hint.Action == action);

    private static async Task<string> EventuallyAsync(Func<Task<string?>> read, string wanted)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if (await read() is { } text && text.Contains(wanted, StringComparison.Ordinal))
                return text;
            await Task.Delay(50);
        }
        throw new TimeoutException($"'{wanted}' never appeared");
    }

    /// <summary>A repository with our webhook on it, its receiver, and a clone.</summary>
    private async Task<(ForgeRepository Repository, HookReceiver Receiver, GitClone Clone)> WatchedAsync()
    {
        var repository = await stage.NewRepositoryAsync();
        var receiver = await HookReceiver.StartAsync(Forge.Webhooks);
        var hook = await Forge.RegisterWebhookAsync(repository, receiver.Url, receiver.Secret, default);
        hook.Problem.ShouldBeNull();
        return (repository, receiver, await stage.CloneAsync(repository));
    }
}
