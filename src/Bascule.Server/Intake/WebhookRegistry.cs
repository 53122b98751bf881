using System.Collections.Concurrent;
using System.Text;
using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Server.Connections;
using Bascule.Server.Sealing;

namespace Bascule.Server.Intake;

/// <summary>Knows, by the address a forge called, which repository a delivery is about and which secrets sign it.</summary>
public sealed class WebhookRegistry(
    IWebhookStore store,
    ForgeConnections forges,
    MasterKey masterKey,
    TimeProvider time
)
{
    internal const string SecretPurpose = "webhook-secret";

    /// <summary>Another replica may have changed the secret: what was read is not believed for longer.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    /// <summary>Strangers' deliveries cost at most one read of the store in this time.</summary>
    private static readonly TimeSpan OneRead = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, (KnownWebhook Webhook, DateTimeOffset ReadAt)> _known = new(
        StringComparer.Ordinal
    );

    /// <summary>Null when no webhook has this uid, or its forge is not in the settings any more.</summary>
    public async ValueTask<KnownWebhook?> FindAsync(string uid, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(uid, out var known) && (time.GetUtcNow() - known.ReadAt).Duration() < Fresh)
            return known.Webhook;
        return await ReadAsync(uid, cancellationToken);
    }

    /// <summary>As stored now, unless it was read this very second: a delivery that fails under a remembered secret may be good under a new one.</summary>
    internal async ValueTask<KnownWebhook?> RereadAsync(string uid, CancellationToken cancellationToken) =>
        _known.TryGetValue(uid, out var known) && (time.GetUtcNow() - known.ReadAt).Duration() < OneRead
            ? null
            : await ReadAsync(uid, cancellationToken);

    private async ValueTask<KnownWebhook?> ReadAsync(string uid, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await store.FindAsync(uid, cancellationToken) is not { } webhook)
        {
            Forget(uid);
            return null;
        }
        if (forges.Find(webhook.Repository.ForgeUid) is not { } forge)
            return null;
        var opened = Open(webhook, forge.Forge);
        _known[uid] = (opened, now);
        return opened;
    }

    /// <summary>Forgets what was read, so that a rotated or removed webhook counts at once.</summary>
    public void Forget(string uid) => _known.TryRemove(uid, out _);

    private KnownWebhook Open(Webhook webhook, IForge forge) =>
        new(
            webhook.Uid,
            webhook.Repository,
            forge.Webhooks,
            Open(webhook.SealedSecret),
            webhook.SealedFormerSecret is { } former && webhook.FormerSecretUntil > time.GetUtcNow()
                ? Open(former)
                : null,
            webhook.FormerSecretUntil
        );

    private Secret Open(byte[] sealedSecret) =>
        new(Encoding.UTF8.GetString(masterKey.Open(SecretPurpose, sealedSecret)));
}

/// <param name="FormerSecret">Good until <paramref name="FormerSecretUntil"/>, during a rotation.</param>
public sealed record KnownWebhook(
    string Uid,
    RepositoryKey Repository,
    IWebhookReader Reader,
    Secret Secret,
    Secret? FormerSecret,
    DateTimeOffset? FormerSecretUntil
);
