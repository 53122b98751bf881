using Bascule.Connectors.Forges.Hooks;

namespace Bascule.Connectors.Forges.GiteaFamily;

/// <summary>In what Gitea and Forgejo differ.</summary>
/// <param name="WebhookType">The <c>type</c> under which webhooks are registered.</param>
internal sealed record GiteaFamilyMember(string Kind, string WebhookType, SignedHook Signature);
