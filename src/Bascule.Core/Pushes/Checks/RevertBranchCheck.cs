using Bascule.Core.Deployments;

namespace Bascule.Core.Pushes.Checks;

/// <summary>What stands on a branch by which a rollback is proposed comes from Bascule alone; whoever merged it may delete it.</summary>
public sealed class RevertBranchCheck : IPushCheck
{
    public string Name => "revert branches";

    public PushFinding? Look(MovedRef moved) =>
        RevertBranch.IsReserved(moved.Name) && moved.After is not null
            ? new PushFinding(
                Name,
                $"'{moved.Name.ShortName}' is written by Bascule alone, after a rollback; push a branch of another name"
            )
            {
                Ref = moved.Name.ToString(),
            }
            : null;
}
