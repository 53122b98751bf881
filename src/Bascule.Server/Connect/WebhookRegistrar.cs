using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
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

    /// <returns>What was done, in words.</returns>
    public async Task<Result<string>> EnsureAsync(
        ConnectedForge forge,
        ForgeRepository repository,
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
        var calls = new CallAudit(audit, new Dictionary<string, string> { ["repository"] = key.ToString() });
        foreach (var stale in ours.Where(hook => kept is null || !IsSame(hook, kept)))
        {
            var removed = await RemoveAsync(forge, repository, stale, calls, cancellationToken);
            if (removed.Failed(out var problem))
                return problem;
        }
        await ForgetAsync(known.Where(webhook => webhook != kept), cancellationToken);
        return kept is null
            ? await RegisterAsync(forge, repository, key, calls, cancellationToken)
            : string.Create(CultureInfo.InvariantCulture, $"webhook {kept.ForgeWebhookId} is registered");
    }

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
        var secret = new Secret(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)));
        var webhook = new Webhook
        {
            Uid = "w-" + RandomNumberGenerator.GetHexString(24, lowercase: true),
            Repository = key,
            SealedSecret = masterKey.Seal(WebhookRegistry.SecretPurpose, Encoding.UTF8.GetBytes(secret.Reveal())),
            CreatedAt = time.GetUtcNow(),
        };
        // Stored first: a delivery may come before the forge has answered.
        var stored = await store.ApplyAsync([new SaveWebhook(webhook)], cancellationToken);
        if (stored.Failed(out var unstored))
            return unstored;
        var registered = await calls.CallAsync(
            "forge.webhook.register",
            repository.FullName,
            details: null,
            token => forge.Forge.RegisterWebhookAsync(repository, new Uri(Prefix + webhook.Uid), secret, token),
            cancellationToken
        );
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
