using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Identity;
using Bascule.Server.Intake;
using Bascule.Server.Sealing;

namespace Bascule.Server.Connect;

/// <summary>Keeps exactly one webhook of ours on a repository. Run again, it finds the one it made.</summary>
internal sealed class WebhookRegistrar(
    IWebhookStore webhooks,
    IWorkStore store,
    WebhookRegistry registry,
    MasterKey masterKey,
    IssuerAddress address,
    AuditTrail audit,
    TimeProvider time
)
{
    private const int SecretBytes = 32;

    /// <summary>How long what was signed with the former secret is taken: forges sign when they queue, and deliver in series.</summary>
    internal static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    /// <summary>Until the forge has answered, nobody knows which of two secrets it signs with: both are good, however long that takes.</summary>
    private static readonly DateTimeOffset Unanswered = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>When the secret was made; null when its making was cut off.</summary>
    public static DateTimeOffset? SecretMadeAt(Webhook webhook) =>
        webhook.FormerSecretUntil == Unanswered ? null : webhook.FormerSecretUntil - Overlap ?? webhook.CreatedAt;

    /// <summary>Gives a webhook that is registered a new secret. Conflict when it is not registered any more: whoever took it away may have had a reason.</summary>
    public async Task<Result<string>> RotateAsync(
        ConnectedForge forge,
        ForgeRepository repository,
        Webhook webhook,
        CancellationToken cancellationToken
    )
    {
        var listed = await forge.Forge.ListWebhooksAsync(repository, cancellationToken);
        if (listed.Failed(out var unlisted))
            return unlisted;
        var calls = CallsFor(webhook.Repository);
        if (listed.Value.FirstOrDefault(hook => IsSame(hook, webhook)) is not { } registered)
            return Problem.Conflict(
                $"its webhook {webhook.ForgeWebhookId} is not registered any more; run `bascule connect`"
            );
        // Left behind by a rotation that was cut off: it signs with a secret that nobody will know.
        foreach (var stale in listed.Value.Where(hook => hook.Target == registered.Target && hook.Id != registered.Id))
        {
            var removed = await RemoveAsync(forge, repository, stale, calls, cancellationToken);
            if (removed.Failed(out var problem))
                return problem;
        }
        return await ReplaceAsync(
            forge,
            repository,
            (webhook, registered),
            "its secret was old enough",
            calls,
            cancellationToken
        );
    }

    /// <param name="rotate">Whether to change the secret of a webhook that is well.</param>
    /// <returns>What was done, in words.</returns>
    public async Task<Result<string>> EnsureAsync(
        ConnectedForge forge,
        ForgeRepository repository,
        bool rotate,
        CancellationToken cancellationToken
    )
    {
        var listed = await forge.Forge.ListWebhooksAsync(repository, cancellationToken);
        if (listed.Failed(out var unlisted))
            return unlisted;
        var key = new RepositoryKey(forge.Uid, repository.Id);
        var ours = listed.Value.Where(hook => hook.Target.StartsWith(Prefix, StringComparison.Ordinal)).ToList();
        var known = (await webhooks.ListAsync(cancellationToken)).Where(webhook => webhook.Repository == key).ToList();
        var kept = known.FirstOrDefault(webhook => ours.Any(hook => IsSame(hook, webhook)));
        var calls = CallsFor(key);
        foreach (var stale in ours.Where(hook => kept is null || !IsSame(hook, kept)))
        {
            var removed = await RemoveAsync(forge, repository, stale, calls, cancellationToken);
            if (removed.Failed(out var problem))
                return problem;
        }
        await ForgetAsync(known.Where(webhook => webhook != kept), cancellationToken);
        if (kept is null)
            return await RegisterAsync(forge, repository, key, calls, cancellationToken);
        var registered = ours.First(hook => IsSame(hook, kept));
        return Drift(forge, registered, kept, rotate) is { } because
            ? await ReplaceAsync(forge, repository, (kept, registered), because, calls, cancellationToken)
            : string.Create(CultureInfo.InvariantCulture, $"webhook {kept.ForgeWebhookId} is registered");
    }

    private CallAudit CallsFor(RepositoryKey key) =>
        new(audit, new Dictionary<string, string> { ["repository"] = key.ToString() });

    /// <summary>Why a webhook is not as it should be; null when it is. Forges never show a secret: refused deliveries are the only sign of another one.</summary>
    private static string? Drift(ConnectedForge forge, RegisteredWebhook registered, Webhook kept, bool rotate)
    {
        var missing = forge.Forge.WebhookEvents.Except(registered.Events).ToList();
        return missing.Count > 0 ? $"it did not send {string.Join(", ", missing)} any more"
            : SecretMadeAt(kept) is null ? "the last change of its secret was cut off"
            : kept.LooksMissigned ? "its deliveries were signed with another secret"
            : rotate ? "its secret was to be changed"
            : null;
    }

    /// <summary>
    /// Both forges ignore a secret that is changed in place: a second webhook with the same address is registered, then the first one is deleted.
    /// Both secrets are good for a while, so that what the forge has queued is not lost (THREATS T22).
    /// </summary>
    private async Task<Result<string>> ReplaceAsync(
        ConnectedForge forge,
        ForgeRepository repository,
        (Webhook Kept, RegisteredWebhook Registered) former,
        string because,
        CallAudit calls,
        CancellationToken cancellationToken
    )
    {
        var (kept, registered) = former;
        var secret = NewSecret();
        var changed = kept with
        {
            SealedSecret = Seal(secret),
            SealedFormerSecret = SecretMadeAt(kept) is null ? kept.SealedFormerSecret : kept.SealedSecret,
            FormerSecretUntil = Unanswered,
            LastRefusedAt = null,
        };
        var stored = await SaveAsync(changed, cancellationToken);
        if (stored.Failed(out var unstored))
            return unstored;
        var added = await AddAsync(forge, repository, kept.Uid, secret, calls, cancellationToken);
        if (added.Failed(out var problem))
        {
            // The forge still signs with the former secret: it must not end with the overlap.
            _ = await SaveAsync(kept, cancellationToken);
            return problem;
        }
        var complete = changed with { ForgeWebhookId = added.Value.Id, FormerSecretUntil = time.GetUtcNow() + Overlap };
        var saved = await SaveAsync(complete, cancellationToken);
        if (saved.Failed(out var unsaved))
            return unsaved;
        var removed = await RemoveAsync(forge, repository, registered, calls, cancellationToken);
        return removed.Failed(out var left)
            ? left
            : string.Create(
                CultureInfo.InvariantCulture,
                $"webhook {registered.Id} was replaced by {added.Value.Id} because {because}; what the former secret signed is taken for another {Overlap.TotalMinutes:0} minutes"
            );
    }

    private async Task<Result<Done>> SaveAsync(Webhook webhook, CancellationToken cancellationToken)
    {
        var stored = await store.ApplyAsync([new SaveWebhook(webhook)], cancellationToken);
        registry.Forget(webhook.Uid);
        return stored;
    }

    private Task<Result<RegisteredWebhook>> AddAsync(
        ConnectedForge forge,
        ForgeRepository repository,
        string uid,
        Secret secret,
        CallAudit calls,
        CancellationToken cancellationToken
    ) =>
        calls.CallAsync(
            "forge.webhook.register",
            repository.FullName,
            details: null,
            token => forge.Forge.RegisterWebhookAsync(repository, new Uri(Prefix + uid), secret, token),
            cancellationToken
        );

    private static Secret NewSecret() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)));

    private byte[] Seal(Secret secret) =>
        masterKey.Seal(WebhookRegistry.SecretPurpose, Encoding.UTF8.GetBytes(secret.Reveal()));

    private string Prefix => address.Url.ToString().TrimEnd('/') + IntakeEndpoints.PathOf("");

    private bool IsSame(RegisteredWebhook hook, Webhook webhook) =>
        hook.Active && hook.Id == webhook.ForgeWebhookId && hook.Target == Prefix + webhook.Uid;

    private async Task<Result<string>> RegisterAsync(
        ConnectedForge forge,
        ForgeRepository repository,
        RepositoryKey key,
        CallAudit calls,
        CancellationToken cancellationToken
    )
    {
        var secret = NewSecret();
        var webhook = new Webhook
        {
            Uid = "w-" + RandomNumberGenerator.GetHexString(24, lowercase: true),
            Repository = key,
            SealedSecret = Seal(secret),
            CreatedAt = time.GetUtcNow(),
        };
        // Stored first: a delivery may come before the forge has answered.
        var stored = await store.ApplyAsync([new SaveWebhook(webhook)], cancellationToken);
        if (stored.Failed(out var unstored))
            return unstored;
        var registered = await AddAsync(forge, repository, webhook.Uid, secret, calls, cancellationToken);
        if (registered.Failed(out var problem))
            return problem;
        var complete = webhook with { ForgeWebhookId = registered.Value.Id };
        var saved = await store.ApplyAsync([new SaveWebhook(complete)], cancellationToken);
        return saved.Failed(out var unsaved)
            ? unsaved
            : string.Create(CultureInfo.InvariantCulture, $"webhook {registered.Value.Id} was registered");
    }

    private static Task<Result<Done>> RemoveAsync(
        ConnectedForge forge,
        ForgeRepository repository,
        RegisteredWebhook hook,
        CallAudit calls,
        CancellationToken cancellationToken
    ) =>
        calls.CallAsync(
            "forge.webhook.delete",
            string.Create(CultureInfo.InvariantCulture, $"{repository.FullName} webhook {hook.Id}"),
            details: null,
            token => forge.Forge.DeleteWebhookAsync(repository, hook.Id, token),
            cancellationToken
        );

    private async Task ForgetAsync(IEnumerable<Webhook> gone, CancellationToken cancellationToken)
    {
        foreach (var webhook in gone)
        {
            _ = await store.ApplyAsync([new RemoveWebhook(webhook.Uid)], cancellationToken);
            registry.Forget(webhook.Uid);
        }
    }
}
