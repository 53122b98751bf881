namespace Bascule.Core.Forges;

/// <summary>The role of a forge that sends a delivery when it is asked to (Gitea, Forgejo; not Gogs): the way from it to us is proven without a push.</summary>
public interface IWebhookTests
{
    /// <summary>Asks for a test delivery; it arrives later, as a <see cref="PingHint"/>.</summary>
    Task<Result<Done>> SendTestAsync(ForgeRepository repository, long webhookId, CancellationToken cancellationToken);
}
