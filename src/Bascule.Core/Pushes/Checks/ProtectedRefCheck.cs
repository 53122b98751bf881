using Bascule.Core.Exchange;

namespace Bascule.Core.Pushes.Checks;

/// <summary>Refs that change by pull requests alone.</summary>
public sealed class ProtectedRefCheck(RefPatterns isProtected) : IPushCheck
{
    public string Name => "pushes.protected";

    public PushFinding? Look(MovedRef moved) =>
        isProtected.Allow(moved.Name)
            ? new PushFinding(
                Name,
                $"'{moved.Name.ShortName}' is protected; push another branch and open a pull request at the forge"
            )
            {
                Ref = moved.Name.ToString(),
            }
            : null;
}
