using System.Text.Json;
using Bascule.Connectors.Forges.Hooks;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.GiteaFamily;

/// <summary>Webhooks of Gitea and Forgejo.</summary>
internal sealed class GiteaFamilyWebhook(SignedHook signature) : IWebhookReader
{
    public Result<SignedDelivery> Verify(WebhookRequest request, IReadOnlyList<Secret> secrets) =>
        signature.Verify(request, secrets);

    public Result<ForgeEvent> Parse(SignedDelivery delivery) => HookEvents.Read(delivery, PullRequest);

    private static Result<ForgeEvent> PullRequest(JsonElement payload)
    {
        var read = HookEvents.Payload(payload, GiteaFamilyJson.Default.PullRequestPayload);
        if (read.Failed(out var problem))
            return problem;
        var (outer, pull) = (read.Value, read.Value.PullRequest);
        if (pull is null)
            return HookFields.Missing("pull_request");
        if (!CommitId.TryParse(pull.Head?.Sha, out var head))
            return HookFields.Bad("pull_request.head.sha", "is not a full commit id");
        return new PullRequestFields
        {
            Action = outer.Action,
            RepositoryId = outer.Repository?.Id,
            OuterNumber = outer.Number,
            Number = pull.Number,
            Title = pull.Title,
            Base = pull.Base?.Ref,
            BaseRepositoryId = pull.Base?.Repo?.Id,
            HeadBranch = pull.Head?.Ref,
            HeadRepositoryId = pull.Head?.Repo?.Id,
            Merged = pull.Merged,
            Head = head,
            MergeCommit = CommitId.TryParse(pull.MergeCommitSha, out var merge) ? merge : null,
            Author = pull.User,
            Sender = outer.Sender,
        }.ToEvent();
    }
}
