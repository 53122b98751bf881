using Bascule.Core.Deployments;

namespace Bascule.Core.Pushes.Checks;

/// <summary>What platforms follow moves by approved runs and rollbacks, whatever a policy allows.</summary>
public sealed class DeployRefCheck : IPushCheck
{
    public string Name => "deploy refs";

    public PushFinding? Look(MovedRef moved) =>
        DeployPlace.IsReserved(moved.Name)
            ? new PushFinding(
                Name,
                $"'{moved.Name.ShortName}' is moved by Bascule alone, once a run is approved; push the branch that its environment takes"
            )
            {
                Ref = moved.Name.ToString(),
            }
            : null;
}
