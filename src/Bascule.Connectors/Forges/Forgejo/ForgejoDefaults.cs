using Bascule.Connectors.Forges.GiteaFamily;
using Bascule.Connectors.Forges.Hooks;

namespace Bascule.Connectors.Forges.Forgejo;

/// <summary>What is Forgejo's own. Follows its documentation; not proven against a server.</summary>
internal static class ForgejoDefaults
{
    public static readonly GiteaFamilyMember Member = new(
        Kind: "forgejo",
        WebhookType: "forgejo",
        new SignedHook("X-Forgejo-Signature", "X-Forgejo-Delivery", "X-Forgejo-Event")
    );
}
