using Bascule.Core.Exchange;

namespace Bascule.Core.Pushes.Checks;

/// <summary>Refs stay, unless the settings say that they may go.</summary>
public sealed class DeleteCheck(RefPatterns mayBeDeleted) : IPushCheck
{
    public string Name => "pushes.delete";

    public PushFinding? Look(MovedRef moved) =>
        moved.After is null && !mayBeDeleted.Allow(moved.Name)
            ? new PushFinding(
                Name,
                $"'{moved.Name.ShortName}' may not be deleted; delete it at the forge, or ask for '{moved.Name}' under pushes.delete"
            )
            {
                Ref = moved.Name.ToString(),
            }
            : null;
}
