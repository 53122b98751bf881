using Bascule.Core.People;

namespace Bascule.Server.Console;

/// <summary>What the roles of whoever looks at a run let them do to it.</summary>
public sealed record RunActs(RoleDecision Approve, RoleDecision BreakGlass, RoleDecision Cancel, RoleDecision Retry)
{
    public static RunActs Of(RoleRules roles, Actor actor, Scope scope) =>
        new(
            roles.Decide(actor, Act.ApproveRun, scope),
            roles.Decide(actor, Act.BreakGlass, scope),
            roles.Decide(actor, Act.CancelRun, scope),
            roles.Decide(actor, Act.RetryRun, scope)
        );
}
