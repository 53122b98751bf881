using System.Text.Json;
using Bascule.Connectors.Forges.Hooks;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges.Gogs;

/// <summary>Webhooks of Gogs.</summary>
internal sealed class GogsWebhook : IWebhookReader
{
    public Result<SignedDelivery> Verify(WebhookRequest request, IReadOnlyList<Secret> secrets) =>
        GogsDefaults.Signature.Verify(request, secrets);

    public Result<ForgeEvent> Parse(SignedDelivery delivery) => HookEvents.Read(delivery, PullRequest);

    private static Result<ForgeEvent> PullRequest(JsonElement payload)
    {
        var read = HookEvents.Payload(payload, GogsJson.Default.PullRequestPayload);
        if (read.Failed(out var problem))
            return problem;
        var (outer, pull) = (read.Value, read.Value.PullRequest);
        if (pull is null)
            return HookFields.Missing("pull_request");
        return new PullRequestFields
        {
            Action = outer.Action,
            RepositoryId = outer.Repository?.Id,
            OuterNumber = outer.Number,
            Number = pull.Number,
            Title = pull.Title,
            Base = pull.BaseBranch,
            BaseRepositoryId = pull.BaseRepo?.Id,
            HeadBranch = pull.HeadBranch,
            HeadRepositoryId = pull.HeadRepo?.Id,
            Merged = pull.Merged,
            Author = pull.User,
            Sender = outer.Sender,
        }.ToEvent();
    }
}
