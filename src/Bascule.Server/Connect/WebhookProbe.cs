using System.Globalization;
using Bascule.Core.Api;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Server.Connections;

namespace Bascule.Server.Connect;

/// <summary>Proves the way from the forge to us: asks it for a test delivery and waits until one comes in, signed.</summary>
internal sealed class WebhookProbe(IWebhookStore webhooks, TimeProvider time)
{
    /// <summary>Forges give up after 15 seconds themselves, and deliver in series.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public async Task<Finding> ProbeAsync(
        ConnectedForge forge,
        ForgeRepository repository,
        CancellationToken cancellationToken
    )
    {
        var subject = $"{forge.Name}:{repository.FullName}";
        var key = new RepositoryKey(forge.Uid, repository.Id);
        if (forge.Forge is not IWebhookTests tests)
            return new Finding(
                FindingKind.Note,
                subject,
                $"{forge.Forge.Kind} has no test call: its first delivery comes with the next push"
            );
        var before = await FindAsync(key, cancellationToken);
        if (before?.ForgeWebhookId is not { } id)
            return new Finding(
                FindingKind.Bad,
                subject,
                "no webhook of ours is registered; run `bascule connect` again"
            );
        var asked = await tests.SendTestAsync(repository, id, cancellationToken);
        if (asked.Failed(out var problem))
            return new Finding(FindingKind.Bad, subject, problem.Message);
        return await WaitAsync(key, before.LastDeliveryAt, cancellationToken)
            ? new Finding(FindingKind.Good, subject, "a test delivery of the forge came in, signed")
            : new Finding(
                FindingKind.Bad,
                subject,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the forge was asked for a test delivery and none came in {Patience.TotalSeconds:0} s; look at webhook {id} in the repository's settings, and let the forge reach the public address (Gitea: [webhook] ALLOWED_HOST_LIST)"
                )
            );
    }

    private async Task<bool> WaitAsync(RepositoryKey key, DateTimeOffset? before, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + Patience;
        while (time.GetUtcNow() < deadline)
        {
            if ((await FindAsync(key, cancellationToken))?.LastDeliveryAt != before)
                return true;
            await Task.Delay(Look, time, cancellationToken);
        }
        return false;
    }

    private async Task<Webhook?> FindAsync(RepositoryKey key, CancellationToken cancellationToken) =>
        (await webhooks.ListAsync(cancellationToken)).FirstOrDefault(webhook => webhook.Repository == key);
}
