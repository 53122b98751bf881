using Bascule.Core.People;
using Bascule.Core.Pushes.Checks;

namespace Bascule.Core.Pushes;

/// <summary>Every check that a push passes, in the order in which people read what they say. All are asked; all that fail are reported together.</summary>
public static class PushChecks
{
    public static IReadOnlyList<IPushCheck> For(Actor holder, PushSettings settings) =>
        [
            new DeployRefCheck(),
            new RevertBranchCheck(),
            new ProtectedRefCheck(settings.Protected),
            new ForcePushCheck(settings.Force),
            new DeleteCheck(settings.Delete),
            new PolicyFileCheck(settings.PolicyFiles, settings.PolicyOwners, holder),
            new FileSizeCheck(settings.MaxFile),
            new SecretCheck(),
        ];
}
