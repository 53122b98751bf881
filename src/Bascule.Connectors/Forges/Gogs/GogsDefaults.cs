using Bascule.Connectors.Forges.Hooks;

namespace Bascule.Connectors.Forges.Gogs;

/// <summary>Proven against Gogs 0.11.91.</summary>
internal static class GogsDefaults
{
    public const string Kind = "gogs";

    public static readonly SignedHook Signature = new("X-Gogs-Signature", "X-Gogs-Delivery", "X-Gogs-Event");
}
