using Bascule.Core.Audit;
using Bascule.Core.Identity;

namespace Bascule.Connectors.ResourceManager;

/// <summary>For whom calls are made, and where those that change something are written down.</summary>
/// <param name="Audit">Null where nothing is changed.</param>
internal sealed record ArmSession(IRunIdentity Identity, ICallAudit? Audit)
{
    /// <summary>By the login of plans, which may only read.</summary>
    public bool IsPlanning { get; init; }
}
