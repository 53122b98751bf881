using Bascule.Connectors.Forges.GiteaFamily;
using Bascule.Connectors.Forges.Hooks;

namespace Bascule.Connectors.Forges.Gitea;

/// <summary>What is Gitea's own; proven against 1.16.9.</summary>
internal static class GiteaDefaults
{
    public static readonly GiteaFamilyMember Member = new(
        Kind: "gitea",
        WebhookType: "gitea",
        new SignedHook("X-Gitea-Signature", "X-Gitea-Delivery", "X-Gitea-Event")
    );
}
