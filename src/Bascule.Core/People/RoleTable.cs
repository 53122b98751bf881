using static Bascule.Core.People.Act;

namespace Bascule.Core.People;

/// <summary>What each role may do. What does not stand here, nobody may by that role.</summary>
public static class RoleTable
{
    private static readonly Dictionary<Role, Act[]> Acts = new()
    {
        [Role.Viewer] = [ReadRuns],
        // Narrowed further by IsWithin: their own runs, and what did not succeed.
        [Role.Developer] = [ReadRuns, RetryRun, CancelRun, PromoteModel],
        [Role.Operator] =
        [
            ReadRuns,
            ReadDeliveries,
            ReadForges,
            RetryRun,
            CancelRun,
            PromoteModel,
            ReplayDelivery,
            ResumeInstallation,
            BreakGlass,
            ReadTokens,
            RevokeToken,
            ReadCollectors,
            ReplayToCollector,
        ],
        // Whoever lets a version in may take it out; operators start and watch, and move no ref.
        [Role.Approver] = [ReadRuns, ApproveRun, RollBack],
        [Role.Auditor] =
        [
            ReadRuns,
            ReadDeliveries,
            ReadForges,
            ReadPeople,
            ReadAudit,
            ReadTokens,
            ReadCredentials,
            ReadCollectors,
        ],
        [Role.Admin] =
        [
            ReadRuns,
            ReadDeliveries,
            ReadForges,
            ReadPeople,
            ConnectForge,
            RetireSubject,
            GiveRole,
            UnlinkAccount,
            ReadTokens,
            RevokeToken,
            ConfirmIssuer,
            ReadCredentials,
            ChangeCredential,
            RotateKey,
            ReadCollectors,
            ReplayToCollector,
            SetLegalHold,
            EraseSubject,
            RollBack,
        ],
    };

    /// <summary>Only a human may do these, whatever roles somebody else was given (THREATS T154).</summary>
    public static bool IsForHumans(Act act) => act is ApproveRun or BreakGlass;

    /// <summary>Whoever holds the local token may do all but approve: an approval needs a person with a name (THREATS T108).</summary>
    public static bool AllowsLocalOperator(Act act) => act != ApproveRun;

    public static bool AllowsLocalReader(Act act) => act is ReadRuns or ReadDeliveries or ReadForges;

    public static bool Allows(Role role, Act act) => Acts[role].Contains(act);

    /// <summary>The roles that allow an act, least first.</summary>
    public static IReadOnlyList<Role> Allowing(Act act) => [.. Enum.GetValues<Role>().Where(role => Allows(role, act))];

    /// <summary>A developer cancels what they caused and retries what did not succeed; all other roles act within their scope without more.</summary>
    public static bool IsWithin(Role role, Act act, Scope scope) =>
        role != Role.Developer
        || act switch
        {
            CancelRun => scope.IsOwn,
            RetryRun => !scope.HasSucceeded,
            _ => true,
        };
}
